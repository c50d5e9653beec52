//! The site on actix-web: which page is where, and what each needs of its request.

mod responses;

use std::{io, net::TcpListener, pin::Pin};

use actix_web::{
    App, Error, FromRequest, HttpRequest, HttpServer,
    body::{BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
    middleware::{Next, from_fn},
    web::{ServiceConfig, resource, scope, to},
};
use alo_session::actix::{CsrfMiddleware, FreshSession, OwnerSessions, Session, SessionMiddleware};
use serde::de::DeserializeOwned;
use tokio::sync::watch;

use crate::{
    answer::{Answer, Result, SECURITY_HEADERS},
    assets::{ICON, STYLE},
    config::FRESH,
    pages::{cart, devices, home, order, shop, sign_in, your_session},
    problem::{Mistake, Problem},
};

/// Serves the site until the value is true, and then finishes what is under way.
pub(crate) async fn serve(
    listener: TcpListener,
    sessions: SessionMiddleware,
    mut ending: watch::Receiver<bool>,
) -> io::Result<()> {
    let server = HttpServer::new(move || App::new().configure(|app| site(app, sessions.clone())));
    let server = server.disable_signals().listen(listener)?.run();
    let handle = server.handle();
    tokio::spawn(async move {
        let _ = ending.wait_for(|ending| *ending).await;
        handle.stop(true).await;
    });
    server.await
}

/// Adds the site, with these sessions: those of `main`, or of a test.
pub fn site(app: &mut ServiceConfig, sessions: SessionMiddleware) {
    let pages = scope("")
        .wrap(CsrfMiddleware::new())
        // Makes the response when a session fails, in every handler and in the middleware.
        .wrap(sessions.on_error(responses::session_failure))
        .service(resource("/").get(async |session: Session| home::show(&session)))
        .service(resource("/shop").get(async |session: Session| shop::show(&session)))
        .service(resource("/cart").get(async |session: Session| cart::show(&session)))
        .service(resource("/cart/add").post(async |session: Session, Form(form)| cart::add(&session, &form)))
        .service(
            resource("/cart/quantity")
                .post(async |session: Session, Form(form)| cart::set_quantity(&session, &form)),
        )
        .service(
            resource("/cart/remove").post(async |session: Session, Form(form)| cart::remove(&session, &form)),
        )
        .service(resource("/cart/empty").post(async |session: Session| cart::empty(&session)))
        .service(
            resource("/order")
                .get(async |session: Session| order::show(&session))
                .post(async |session: Session, Form(form)| order::place(&session, &form).await),
        )
        .service(resource("/sign-in").get(async |session: Session| sign_in::show(&session)).post(sign_in))
        .service(resource("/sign-out").post(async |session: Session| sign_in::sign_out(&session)))
        .service(
            resource("/devices").get(async |session: Session, sessions: OwnerSessions| {
                devices::show(&session, &sessions).await
            }),
        )
        .service(resource("/devices/end").post(end_device))
        .service(
            resource("/devices/end-others")
                .post(async |session: Session| devices::end_others(&session).await),
        )
        .service(resource("/devices/end-all").post(end_all))
        .service(resource("/session").get(async |session: Session| your_session::show(&session).await))
        .service(
            resource("/session/new-id").post(async |session: Session| your_session::new_id(&session).await),
        )
        .service(resource("/session/end").post(async |session: Session| your_session::end(&session)))
        .default_service(to(async || Mistake::NotFound));

    let site = scope("")
        .wrap(from_fn(finish))
        // No sessions here: these routes use none and set no cookie.
        .service(resource("/session/ended").get(async || Answer::Page(your_session::ended())))
        .service(resource("/style.css").get(async || STYLE))
        .service(resource("/icon.svg").get(async || ICON))
        .service(pages);
    app.service(site);
}

async fn sign_in(session: Session, request: HttpRequest, Form(form): Form<sign_in::SignIn>) -> Result {
    let user_agent = request.headers().get("user-agent").and_then(|value| value.to_str().ok());
    sign_in::sign_in(&session, &form, user_agent.unwrap_or_default()).await
}

async fn end_device(session: Session, sessions: OwnerSessions, Form(form): Form<devices::Device>) -> Result {
    devices::end(&session, &sessions, &form).await
}

async fn end_all(FreshSession(session): FreshSession<FRESH>, sessions: OwnerSessions) -> Result {
    devices::end_all(&session, &sessions).await
}

/// The fields of a form. Unlike actix-web's extractor, it refuses a bad form with a page of this site.
struct Form<T>(T);

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = std::result::Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let form = actix_web::web::Form::<T>::from_request(request, payload);
        Box::pin(async move {
            form.await.map(|form| Self(form.into_inner())).map_err(|_| Mistake::BadForm.into())
        })
    }
}

/// Adds what every response has, and logs one line per request. The path is no secret: a session id is never in a URL.
async fn finish(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> std::result::Result<ServiceResponse<BoxBody>, Error> {
    let mut response = next.call(request).await?.map_into_boxed_body();
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        // It keeps its header `Allow`.
        response = response.map_body(|head, _| responses::page(head, Mistake::MethodNotAllowed.page().1));
    }
    for (name, value) in SECURITY_HEADERS {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    let (method, path) = (response.request().method(), response.request().path());
    tracing::info!(%method, path, status = response.status().as_u16(), "answered");
    Ok(response)
}
