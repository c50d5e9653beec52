//! What is answered and saved if a request fails, wherever in the stack it does.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail")]

mod common;

use actix_web::{
    Error, HttpResponse, ResponseError,
    body::MessageBody,
    dev::{Service as _, ServiceRequest, ServiceResponse},
    error::ErrorForbidden,
    middleware::{Next, from_fn},
    web::{self, ServiceConfig, get, post},
};
use common::serve;
use session_actix::{
    AnyError, DiscardChanges, LazySession, Owner, Session, SessionFailure, SessionMiddleware,
};
use session_core::{SessionError, id::SessionHandle, store::Operation};

/// Answers as JSON, with the path as the middleware sees it.
fn json(sessions: SessionMiddleware) -> SessionMiddleware {
    sessions.on_error(|failure, request| {
        HttpResponse::build(failure.status()).body(format!("json {} {failure}", request.uri.path()))
    })
}

async fn set(session: Session) -> Result<&'static str, SessionFailure> {
    session.set("a", 1)?;
    Ok("set")
}

#[tokio::test]
async fn what_fails_saves_nothing() {
    async fn own(session: Session) -> Result<HttpResponse, SessionFailure> {
        session.set("a", 1)?;
        Ok(HttpResponse::InternalServerError().body("broken"))
    }
    async fn error(session: Session) -> Result<String, SessionFailure> {
        session.set("a", 1)?;
        Err(SessionError::Gone.into())
    }
    async fn preview(session: Session) -> Result<HttpResponse, SessionFailure> {
        session.set("a", 1)?;
        let mut response = HttpResponse::Ok().body("preview");
        response.extensions_mut().insert(DiscardChanges);
        Ok(response)
    }
    async fn denied(session: Session) -> Result<String, Error> {
        session.set("a", 1).map_err(SessionFailure::from)?;
        Err(ErrorForbidden("denied"))
    }
    let routes = |app: &mut ServiceConfig| {
        app.route("/500", get().to(own)).route("/409", get().to(error));
        app.route("/preview", get().to(preview))
            .route("/denied", get().to(denied))
            .route("/set", get().to(set));
    };
    let served = serve(|sessions| sessions, routes);
    for (path, status) in [("/500", 500), ("/409", 409), ("/preview", 200)] {
        let page = served.site.browser().get(path).await;
        page.assert_status(status).assert_stored_nothing();
        assert_eq!(page.header("set-cookie"), None, "{path}");
    }
    // As with axum: what the application itself refuses is saved.
    served.site.browser().get("/denied").await.assert_status(403).assert_says("denied").assert_holds("a", 1);
    served.site.browser().get("/set").await.assert_status(200).assert_holds("a", 1);
}

/// An error type of an application.
#[derive(Debug, thiserror::Error)]
enum AppError {
    #[error(transparent)]
    Session(#[from] SessionError),
}

impl ResponseError for AppError {
    fn error_response(&self) -> HttpResponse {
        let Self::Session(error) = self;
        SessionFailure::from(error.clone()).error_response()
    }
}

#[tokio::test]
async fn a_failure_inside_of_another_error_is_recognised() {
    async fn page(session: Session) -> Result<String, AppError> {
        session.set("a", 1)?;
        Ok(session.require_owner()?)
    }
    let served = serve(json, |app| _ = app.route("/page", get().to(page)));
    let page = served.site.browser().get("/page?x=1").await;
    page.assert_status(401).assert_says("json /page Please sign in first.").assert_stored_nothing();
}

#[tokio::test]
async fn a_handler_may_fail_for_any_reason() {
    async fn owner(session: Session) -> Result<String, AnyError> {
        session.set("a", 1)?;
        Ok(session.require_owner()?)
    }
    async fn number(session: Session) -> Result<String, AnyError> {
        session.set("a", 1)?;
        Ok("secret".parse::<u8>()?.to_string())
    }
    async fn handle(session: Session, path: web::Path<String>) -> Result<String, AnyError> {
        session.set("a", 1)?;
        Ok(path.parse::<SessionHandle>()?.to_hex())
    }
    async fn typed(path: web::Path<String>) -> Result<String, SessionFailure> {
        Ok(path.parse::<SessionHandle>()?.to_hex())
    }
    let routes = |app: &mut ServiceConfig| {
        app.route("/owner", get().to(owner)).route("/number", get().to(number));
        app.route("/handle/{handle}", get().to(handle)).route("/typed/{handle}", get().to(typed));
    };
    let served = serve(json, routes);
    for path in ["/handle/5a5a5a5a", "/typed/5a5a5a5a"] {
        let page = served.site.browser().get(path).await;
        page.assert_status(400)
            .assert_says("names a session in a form that is not valid")
            .assert_stored_nothing();
    }
    let page = served.site.browser().get("/owner").await;
    page.assert_status(401).assert_says("json /owner Please sign in first.").assert_stored_nothing();
    let page = served.site.browser().get("/number").await;
    page.assert_status(500).assert_says("json /number Something went wrong").assert_stored_nothing();
}

#[tokio::test]
async fn every_failure_is_rendered_as_the_application_wishes() {
    async fn owner(_: Owner) -> &'static str {
        "in"
    }
    let routes = |app: &mut ServiceConfig| {
        app.route("/owner", get().to(owner)).route("/set", get().to(set));
    };
    let served = serve(json, routes);
    let ada = served.site.signed_in("ada").await;
    served.site.browser().get("/owner").await.assert_status(401).assert_says("json /owner Please");
    served.site.faults().fail_next(Operation::Load);
    ada.get("/owner").await.assert_status(503).assert_says("json /owner Sessions are not");
    served.site.faults().fail_next(Operation::Commit);
    let page = ada.get("/set").await;
    page.assert_status(503).assert_says("json /set").assert_does_not_say("set\n").assert_lacks("a");
}

/// A middleware that uses the session and `?`.
async fn members_only(
    session: LazySession,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let check = async || -> Result<(), SessionFailure> {
        let session = session.load().await?;
        session.set("seen", request.path())?;
        session.require_owner()?;
        Ok(())
    };
    check().await?;
    next.call(request).await
}

#[tokio::test]
async fn a_middleware_may_return_a_failure_as_an_error() {
    let routes = |app: &mut ServiceConfig| {
        app.service(web::scope("/members").wrap(from_fn(members_only)).route("/x", get().to(set)));
    };
    let served = serve(json, routes);
    let page = served.site.browser().get("/members/x").await;
    page.assert_status(401).assert_says("json /members/x Please sign in first.").assert_stored_nothing();
    assert_eq!(page.header("vary"), Some("cookie"));
    let ada = served.site.signed_in("ada").await;
    ada.get("/members/x").await.assert_status(200).assert_holds("a", 1).assert_holds("seen", "/members/x");
}

#[tokio::test]
async fn another_error_of_a_middleware_carries_the_cookie_of_what_was_saved() {
    async fn saves_and_refuses(
        session: LazySession,
        request: ServiceRequest,
        next: Next<impl MessageBody>,
    ) -> Result<ServiceResponse<impl MessageBody>, Error> {
        if request.path() == "/quiet" {
            return Err(ErrorForbidden("quietly"));
        }
        let session = session.load().await.unwrap();
        session.set("a", 1).unwrap();
        session.save().await.unwrap();
        session.set("b", 2).unwrap();
        if request.path() == "/500" {
            return Err(actix_web::error::ErrorInternalServerError("broken"));
        }
        if request.path() == "/403" {
            return Err(ErrorForbidden("refused"));
        }
        next.call(request).await
    }
    let routes = |app: &mut ServiceConfig| {
        app.service(web::scope("").wrap(from_fn(saves_and_refuses)).default_service(get().to(set)));
    };
    let served = serve(json, routes);
    let page = served.site.browser().get("/500").await;
    page.assert_status(500).assert_says("broken").assert_started().assert_holds("a", 1).assert_lacks("b");
    let page = served.site.browser().get("/403").await;
    page.assert_status(403).assert_says("refused").assert_started().assert_holds("b", 2);
    let page = served.site.browser().get("/quiet").await;
    page.assert_status(403).assert_says("quietly").assert_stored_nothing();
    assert_eq!(page.header("vary"), None);
}

#[tokio::test]
async fn an_error_that_has_nothing_to_do_with_sessions_keeps_its_type() {
    use actix_web::{App, dev::fn_service, http::StatusCode, test};
    #[derive(Debug, thiserror::Error)]
    #[error("mine")]
    struct Mine;
    impl ResponseError for Mine {
        fn status_code(&self) -> StatusCode {
            StatusCode::IM_A_TEAPOT
        }
    }
    let local = tokio::task::LocalSet::new();
    let checked = async {
        let sessions = SessionMiddleware::new(session_memory::MemoryStore::new(), Default::default());
        let teapot = from_fn(async |_: ServiceRequest, _: Next<actix_web::body::BoxBody>| {
            Err::<ServiceResponse, Error>(Mine.into())
        });
        let app = App::new().wrap(teapot).wrap(sessions).default_service(fn_service(
            async |request: ServiceRequest| Ok(request.into_response(HttpResponse::Ok())),
        ));
        let app = test::init_service(app).await;
        let error = app.call(test::TestRequest::get().to_request()).await.err().unwrap();
        assert!(error.as_error::<Mine>().is_some());
    };
    local.run_until(checked).await;
}

#[tokio::test]
async fn an_own_save_that_failed_is_not_answered_twice() {
    async fn page(session: Session) -> String {
        session.set("a", 1).unwrap();
        format!("saved: {}", session.save().await.is_ok())
    }
    let served = serve(json, |app| _ = app.route("/", post().to(page)));
    let ada = served.site.signed_in("ada").await;
    served.site.faults().fail_next(Operation::Commit);
    ada.post("/").await.assert_says("saved: false");
}
