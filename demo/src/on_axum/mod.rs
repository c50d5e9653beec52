//! The site on axum: which page is where, and what each needs of its request.

mod responses;

use std::io;

use alo_session::{CsrfLayer, FreshSession, OwnerSessions, Session, SessionLayer};
use axum::{
    Router,
    extract::{FromRequest, Request},
    http::{HeaderMap, HeaderValue, header::USER_AGENT},
    middleware::{self, Next},
    response::Response,
    routing::{get, post},
};
use serde::de::DeserializeOwned;
use tokio::{net::TcpListener, sync::watch};

use crate::{
    answer::{Answer, SECURITY_HEADERS},
    assets::{ICON, STYLE},
    config::FRESH,
    pages::{cart, devices, home, order, shop, sign_in, your_session},
    problem::{Mistake, Problem},
};

/// Serves the site until the value is true, and then finishes what is under way.
pub(crate) async fn serve(
    listener: std::net::TcpListener,
    sessions: SessionLayer,
    mut ending: watch::Receiver<bool>,
) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let server = axum::serve(TcpListener::from_std(listener)?, app(sessions));
    let ending = async move { drop(ending.wait_for(|ending| *ending).await) };
    server.with_graceful_shutdown(ending).await
}

/// Returns the site, with these sessions: those of `main`, or of a test.
pub fn app(sessions: SessionLayer) -> Router {
    // Makes the response when a session fails, in every handler and in the layers.
    let sessions = sessions.on_error(responses::session_failure);

    let pages = Router::new()
        .route("/", get(async |session: Session| home::show(&session)))
        .route("/shop", get(async |session: Session| shop::show(&session)))
        .route("/cart", get(async |session: Session| cart::show(&session)))
        .route("/cart/add", post(async |session: Session, Form(form): Form<_>| cart::add(&session, &form)))
        .route(
            "/cart/quantity",
            post(async |session: Session, Form(form): Form<_>| cart::set_quantity(&session, &form)),
        )
        .route(
            "/cart/remove",
            post(async |session: Session, Form(form): Form<_>| cart::remove(&session, &form)),
        )
        .route("/cart/empty", post(async |session: Session| cart::empty(&session)))
        .route("/order", get(async |session: Session| order::show(&session)))
        .route(
            "/order",
            post(async |session: Session, Form(form): Form<_>| order::place(&session, &form).await),
        )
        .route("/sign-in", get(async |session: Session| sign_in::show(&session)))
        .route("/sign-in", post(sign_in))
        .route("/sign-out", post(async |session: Session| sign_in::sign_out(&session)))
        .route(
            "/devices",
            get(async |session: Session, sessions: OwnerSessions| devices::show(&session, &sessions).await),
        )
        .route("/devices/end", post(end_device))
        .route("/devices/end-others", post(async |session: Session| devices::end_others(&session).await))
        .route("/devices/end-all", post(end_all))
        .route("/session", get(async |session: Session| your_session::show(&session).await))
        .route("/session/new-id", post(async |session: Session| your_session::new_id(&session).await))
        .route("/session/end", post(async |session: Session| your_session::end(&session)))
        .method_not_allowed_fallback(async || Mistake::MethodNotAllowed)
        .layer(CsrfLayer::new())
        .layer(sessions);

    // No session layer here: these routes use no session and set no cookie.
    Router::new()
        .merge(pages)
        .route("/session/ended", get(async || Answer::Page(your_session::ended())))
        .route("/style.css", get(async || STYLE))
        .route("/icon.svg", get(async || ICON))
        .fallback(async || Mistake::NotFound)
        .layer(middleware::map_response(add_security_headers))
        .layer(middleware::from_fn(log))
}

async fn sign_in(
    session: Session,
    headers: HeaderMap,
    Form(form): Form<sign_in::SignIn>,
) -> Result<Answer, Problem> {
    let user_agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
    sign_in::sign_in(&session, &form, user_agent.unwrap_or_default()).await
}

async fn end_device(
    session: Session,
    sessions: OwnerSessions,
    Form(form): Form<devices::Device>,
) -> Result<Answer, Problem> {
    devices::end(&session, &sessions, &form).await
}

async fn end_all(
    FreshSession(session): FreshSession<FRESH>,
    sessions: OwnerSessions,
) -> Result<Answer, Problem> {
    devices::end_all(&session, &sessions).await
}

/// The fields of a form. Unlike axum's extractor, it refuses a bad form with a page of this site.
struct Form<T>(T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let form = axum::Form::from_request(request, state).await;
        form.map(|axum::Form(fields)| Self(fields)).map_err(|_| Mistake::BadForm.into())
    }
}

async fn add_security_headers(mut response: Response) -> Response {
    for (name, value) in SECURITY_HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Logs one line per request. The path is no secret: a session id is never in a URL.
async fn log(request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let response = next.run(request).await;
    tracing::info!(%method, path, status = response.status().as_u16(), "answered");
    response
}
