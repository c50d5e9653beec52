//! A site of a few bare pages, for what a browser decides: no content security policy, no design, and a record of what
//! arrives.

use std::{
    cell::RefCell,
    fmt::{Debug, Write as _},
    net::TcpListener,
    sync::{
        Arc, Mutex, Once, PoisonError,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use alo_session::{
    Context, CsrfLayer, CsrfToken, MemoryStore, Session, SessionConfig, SessionFailure, SessionLayer,
    config::Settings, observe, session::Flash,
};
use axum::{
    Form, Router,
    extract::{
        Request,
        ws::{Message, WebSocketUpgrade},
    },
    http::{HeaderMap, StatusCode},
    middleware::{self, Next},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};

type Answer<T> = Result<T, SessionFailure>;

/// A request that arrived.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
}

/// The site, in a thread of its own.
pub(crate) struct Shop {
    pub(crate) port: u16,
    pub(crate) events: Mutex<observe::Events>,
    seen: Arc<Mutex<Vec<Seen>>>,
    log: Arc<Mutex<Vec<String>>>,
    held: Arc<AtomicU32>,
}

/// A sign-in whose first answer is made and saved, and never sent.
const HELD: &str = "/held-sign-in";

impl Shop {
    pub(crate) fn start(change: impl FnOnce(&mut Settings)) -> Self {
        let config = SessionConfig::with(change).unwrap();
        let (observer, events) = observe::observer(1024);
        let context = Context::new(config).observed(observer);
        let layer = SessionLayer::from_sessions(alo_session::driver::Sessions::with_context(
            MemoryStore::new(),
            context,
        ));
        let (seen, log) = (Arc::<Mutex<Vec<Seen>>>::default(), Arc::default());
        let (ready, port) = mpsc::channel();
        let held = Arc::<AtomicU32>::default();
        let (arrivals, lines) = (Arc::clone(&seen), Arc::clone(&log));
        let (answered, counted) = (Arc::clone(&held), Arc::clone(&held));
        thread::spawn(move || {
            // For all threads: with a subscriber for this thread alone, whether an event is enabled is decided by the thread
            // that meets it first.
            static ONCE: Once = Once::new();
            ONCE.call_once(|| tracing::subscriber::set_global_default(Capture).unwrap());
            LINES.set(Some(lines));
            // One thread, so that its log is that of the site.
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").unwrap();
                listener.set_nonblocking(true).unwrap();
                ready.send(listener.local_addr().unwrap().port()).unwrap();
                let note = middleware::from_fn(move |request: Request, next: Next| {
                    lock(&arrivals).push(Seen {
                        method: request.method().to_string(),
                        path: request.uri().path().to_owned(),
                        headers: request.headers().clone(),
                    });
                    let is_held = request.uri().path() == HELD && request.method() == "POST";
                    let answered = Arc::clone(&answered);
                    async move {
                        let response = next.run(request).await;
                        if is_held && answered.fetch_add(1, Ordering::SeqCst) == 0 {
                            std::future::pending::<()>().await;
                        }
                        response
                    }
                });
                let csrf = CsrfLayer::new().unprotected(|head| head.uri.path() == "/callback");
                let count = get(async move || counted.load(Ordering::SeqCst).to_string());
                let app = pages().layer(csrf).layer(layer).layer(note).route("/held", count);
                axum::serve(tokio::net::TcpListener::from_std(listener).unwrap(), app).await.unwrap();
            });
        });
        Self { port: port.recv().unwrap(), events: Mutex::new(events), seen, log, held }
    }

    /// The address under a name that resolves to this machine.
    pub(crate) fn at(&self, host: &str) -> String {
        format!("http://{host}:{}", self.port)
    }

    /// The requests for this path.
    pub(crate) fn seen(&self, path: &str) -> Vec<Seen> {
        lock(&self.seen).iter().filter(|seen| seen.path == path).cloned().collect()
    }

    /// How many answers of the sign-in were made whose first is never sent.
    pub(crate) fn held(&self) -> u32 {
        self.held.load(Ordering::SeqCst)
    }

    /// The lines of the log, of level info and above.
    pub(crate) fn log(&self) -> Vec<String> {
        lock(&self.log).clone()
    }
}

fn pages() -> Router {
    Router::new()
        .route("/", get(home))
        .route("/who", get(who))
        .route("/page/{name}", get(async || Html("<p>a page</p>")))
        .route("/write", post(write))
        .route("/sign-in", get(sign_in_form).post(sign_in))
        .route("/slow-sign-in", get(slow_form).post(slow_sign_in))
        .route(HELD, get(held_form).post(sign_in))
        .route("/sign-out", post(sign_out))
        .route("/events", get(events))
        .route("/video", get(video))
        .route("/ws", get(socket))
        .route("/flash", get(flash))
        .route("/flash-show", get(flash_show))
        .route("/prefetching", get(async || Html(PREFETCHING)))
        .route("/callback", post(callback))
}

const PREFETCHING: &str = r#"<!doctype html><link rel="prefetch" href="/flash-show">
<script type="speculationrules">{"prefetch": [{"source": "list", "urls": ["/flash-show"], "eagerness": "immediate"}]}</script>
<p>a page that prefetches</p>"#;

fn name(session: &Session) -> String {
    session.owner().unwrap_or_else(|| "nobody".to_owned())
}

async fn home(session: Session, token: CsrfToken) -> Answer<Html<String>> {
    let (name, input) = (name(&session), token.input()?);
    Ok(Html(format!(
        r#"<!doctype html><title>shop</title><h1>Hello, {name}</h1>
        <form id="out" method="post" action="/sign-out">{input}<button>Sign out</button></form>"#
    )))
}

async fn who(session: Session) -> Answer<String> {
    let n = session.get::<u32>("n")?.unwrap_or(0);
    Ok(format!("{} {n}", name(&session)))
}

async fn write(session: Session) -> Answer<String> {
    Ok(session
        .update("n", |n: &mut u32| {
            *n += 1;
            *n
        })?
        .to_string())
}

fn form(action: &str, token: &CsrfToken) -> Answer<Html<String>> {
    let input = token.input()?;
    Ok(Html(format!(
        r#"<!doctype html><form id="in" method="post" action="{action}">{input}<button>Sign in</button></form>"#
    )))
}

async fn sign_in_form(token: CsrfToken) -> Answer<Html<String>> {
    form("/sign-in", &token)
}

async fn slow_form(token: CsrfToken) -> Answer<Html<String>> {
    form("/slow-sign-in", &token)
}

async fn held_form(token: CsrfToken) -> Answer<Html<String>> {
    form(HELD, &token)
}

async fn sign_in(session: Session) -> Answer<Redirect> {
    session.login("ada")?;
    Ok(Redirect::to("/"))
}

/// Checks the password for as long as the form says.
async fn slow_sign_in(session: Session, Form(form): Form<Vec<(String, String)>>) -> Answer<Redirect> {
    let millis = form.iter().find(|(name, _)| name == "check").and_then(|(_, value)| value.parse().ok());
    tokio::time::sleep(Duration::from_millis(millis.unwrap_or(0))).await;
    sign_in(session).await
}

async fn sign_out(session: Session) -> Answer<Redirect> {
    session.logout()?;
    Ok(Redirect::to("/page/bye"))
}

/// Says who is there once, and then closes.
async fn events(session: Session) -> Response {
    let event = format!("retry: 3600000\ndata: {}\n\n", name(&session));
    ([("content-type", "text/event-stream")], event).into_response()
}

/// A part of a file that is not a video, as a server of videos sends it.
async fn video(session: Session, headers: HeaderMap) -> Answer<Response> {
    session.update("n", |_: &mut u32| ())?;
    if headers.contains_key("range") {
        let head = [
            ("content-type", "video/webm"),
            ("content-range", "bytes 0-1023/4096"),
            ("accept-ranges", "bytes"),
        ];
        return Ok((StatusCode::PARTIAL_CONTENT, head, vec![0_u8; 1024]).into_response());
    }
    Ok(([("content-type", "video/webm")], vec![0_u8; 4096]).into_response())
}

async fn socket(session: Session, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async move |mut socket| {
        while let Some(Ok(Message::Text(_))) = socket.recv().await {
            let saved = session.save().await.is_ok();
            let _ = socket.send(Message::text(format!("{} {saved}", name(&session)))).await;
        }
    })
}

async fn flash(session: Session) -> Answer<String> {
    session.flash("info", "saved")?;
    Ok("flashed".to_owned())
}

async fn flash_show(session: Session) -> Answer<Html<String>> {
    let flashes = session.take_flashes()?;
    Ok(Html(flashes.into_iter().map(|Flash { text, .. }| format!("<p>message: {text}</p>")).collect()))
}

/// Where a provider of payments sends the browser back to.
async fn callback(session: Session) -> Answer<Redirect> {
    session.flash("info", "paid")?;
    Ok(Redirect::to("/who"))
}

thread_local! {
    static LINES: RefCell<Option<Arc<Mutex<Vec<String>>>>> = const { RefCell::new(None) };
}

/// Keeps the events of a thread that has lines.
struct Capture;

struct Line(String);

impl Subscriber for Capture {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::INFO
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        LINES.with_borrow(|lines| lines.iter().for_each(|lines| lock(lines).push(line.0.clone())));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
