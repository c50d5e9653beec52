//! A framework of the tests' own: requests that cannot leave their thread, headers that are pairs of texts, a middleware that is
//! an `async fn`.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::{
    pin::pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use session_core::{
    SessionConfig,
    store::{Adapter, Answer, Call, Store, StoreError},
};
use session_http::{
    Answering, CachePolicy, Client, Head, HttpSessions, RequestSession, ResponseHeaders, Session,
    SessionFailure, Verdict,
};
use session_memory::MemoryStore;

/// Its values are shared within one thread.
#[derive(Default)]
struct Asked {
    headers: Vec<(&'static str, Rc<[u8]>)>,
}

impl Head for Asked {
    type Value = Rc<[u8]>;

    fn method(&self) -> &str {
        "GET"
    }

    fn path(&self) -> &str {
        "/"
    }

    fn query(&self) -> Option<&str> {
        None
    }

    fn authority(&self) -> Option<&str> {
        None
    }

    fn headers(&self) -> impl Iterator<Item = (&str, &Rc<[u8]>)> {
        self.headers.iter().map(|(name, value)| (*name, value))
    }
}

#[derive(Default)]
struct Headers(Vec<(String, String)>);

impl ResponseHeaders for Headers {
    fn lines(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_bytes()))
    }

    fn append(&mut self, name: &'static str, value: &'static str) {
        self.0.push((name.into(), value.into()));
    }

    fn replace(&mut self, name: &'static str, value: &'static str) {
        self.0.retain(|(found, _)| found != name);
        self.append(name, value);
    }

    fn append_secret(&mut self, name: &str, value: zeroize::Zeroizing<String>) {
        self.0.push((name.into(), value.to_string()));
    }
}

async fn serve(
    sessions: &HttpSessions,
    asked: Asked,
    headers: &mut Headers,
    handler: impl AsyncFnOnce(Session) -> Result<(), SessionFailure>,
) -> Result<(), SessionFailure> {
    let session = Arc::new(RequestSession::new(sessions));
    let answering = Answering::new(Arc::clone(&session));
    let handled = match session.load(&asked, None).await {
        Ok(session) => handler(session).await,
        Err(error) => Err(error.into()),
    };
    let verdict = handled.as_ref().map_or_else(Verdict::of_failure, |()| Verdict::Save);
    let saved = answering.save(verdict).await;
    answering.end(headers);
    handled.and(saved)
}

fn with_cookie(headers: &Headers) -> Asked {
    let set = headers.0.iter().find_map(|(name, value)| (name == "set-cookie").then_some(value)).unwrap();
    let pair = set.split(';').next().unwrap();
    Asked { headers: vec![("cookie", pair.as_bytes().into())] }
}

#[tokio::test(flavor = "current_thread")]
async fn a_framework_whose_requests_cannot_leave_their_thread_is_served() {
    let sessions =
        HttpSessions::new(MemoryStore::new(), SessionConfig::default()).cache(CachePolicy::Private);
    let mut first = Headers(vec![
        ("vary".into(), "accept".into()),
        ("cache-control".into(), "public, max-age=60".into()),
        ("set-cookie".into(), "theme=dark".into()),
    ]);
    let set = async |session: Session| Ok(session.set("name", "Ada")?);
    serve(&sessions, Asked::default(), &mut first, set).await.unwrap();
    let names: Vec<_> = first.0.iter().map(|(name, value)| format!("{name}: {}", &value[..6])).collect();
    let expected =
        ["vary: accept", "set-cookie: theme=", "set-cookie: AloSes", "vary: cookie", "cache-control: privat"];
    assert_eq!(names, expected, "what the handler set stays, but for what lets others see the page");
    first.0.retain(|(_, value)| !value.starts_with("theme"));

    let mut second = Headers::default();
    let get = async |session: Session| {
        assert_eq!(session.get::<String>("name")?.as_deref(), Some("Ada"));
        Ok(())
    };
    serve(&sessions, with_cookie(&first), &mut second, get).await.unwrap();
    assert_eq!(second.0.len(), 2, "no cookie: {:?}", second.0);

    // Later, when the request is gone.
    let session = Arc::new(RequestSession::new(&sessions));
    let client = Client::new(&with_cookie(&first), &session, None);
    let later = session.load_later(&client).await.unwrap();
    assert_eq!(later.get::<String>("name").unwrap().as_deref(), Some("Ada"));
}

#[tokio::test(flavor = "current_thread")]
async fn a_request_that_does_not_touch_its_session_says_nothing_of_it() {
    let sessions = HttpSessions::new(MemoryStore::new(), SessionConfig::default());
    let answering = Answering::new(Arc::new(RequestSession::new(&sessions)));
    answering.save(Verdict::Save).await.unwrap();
    let mut headers = Headers::default();
    answering.end(&mut headers);
    assert_eq!(headers.0, []);
}

/// Does what it is asked at the second poll.
#[derive(Debug)]
struct Slow(MemoryStore);

impl Adapter for Slow {
    async fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        tokio::task::yield_now().await;
        self.0.perform(call).await
    }
}

/// The handler, and the lock of its save with it, is dropped before what the middleware holds.
#[tokio::test(flavor = "current_thread")]
async fn a_save_that_had_begun_is_finished_although_the_handler_is_gone_first() {
    for (saves, expected) in [(true, 1), (false, 0)] {
        let sessions = HttpSessions::new(Slow(MemoryStore::new()), SessionConfig::default());
        let mut headers = Headers::default();
        {
            let sign_in = async |session: Session| {
                session.login("ada")?;
                if saves {
                    session.save().await?;
                }
                std::future::pending().await
            };
            let mut request = pin!(serve(&sessions, Asked::default(), &mut headers, sign_in));
            let polled = request.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert!(matches!(polled, Poll::Pending));
        }
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        assert_eq!(sessions.owners().of("ada").await.unwrap().len(), expected, "begun: {saves}");
    }
}
