//! A handler without the middleware that it needs: what the log tells its author to write.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::{
    fmt::{Debug, Write as _},
    sync::{Arc, Mutex},
};

use actix_web::{
    App,
    test::{TestRequest, call_service, init_service},
    web::{get, post},
};
use session_actix::{CsrfToken, CsrfVerdict, LazySession, Session};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};

struct Admin;

/// Keeps the events of this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Fields(&mut self.0.lock().unwrap()));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, "{}={value:?} ", field.name()).unwrap();
    }
}

#[actix_web::test]
async fn what_is_missing_is_named_as_it_is_written() {
    let app = App::new()
        .route("/session", get().to(async |_: Session| "in"))
        .route("/lazy", get().to(async |_: LazySession| "in"))
        .route("/token", get().to(async |_: CsrfToken| "in"))
        .route("/admin", get().to(async |_: Session<Admin>| "in"))
        .route("/verdict", post().to(async |_: CsrfVerdict| "in"));
    let app = init_service(app).await;
    for (path, missing) in [
        ("/session", "add `SessionMiddleware::new(…)` around"),
        ("/lazy", "add `SessionMiddleware::new(…)` around"),
        ("/token", "add `SessionMiddleware::new(…)` around"),
        ("/admin", "add `SessionMiddleware::new(…).kind::<missing::Admin>()` around"),
        ("/verdict", "add `CsrfMiddleware::new()` around"),
    ] {
        let log = Log::default();
        let _guard = tracing::subscriber::set_default(log.clone());
        let request = if path == "/verdict" { TestRequest::post() } else { TestRequest::get() };
        let response = call_service(&app, request.uri(path).to_request()).await;
        assert_eq!(response.status(), 500);
        let lines = log.0.lock().unwrap().clone();
        assert!(lines.contains(missing), "{lines}");
        assert!(!lines.contains("session_tower") && !lines.contains(" session_actix"), "{lines}");
    }
}
