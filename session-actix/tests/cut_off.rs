//! A request that ends before its handler does, by a timeout or a client that is gone.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod common;

use std::sync::Arc;

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    error::ErrorGatewayTimeout,
    middleware::{Next, from_fn},
    web::{Data, ServiceConfig, get, scope},
};
use session_actix::{Session, SessionFailure, SessionMiddleware};
use session_core::{
    SessionConfig, Sessions,
    store::{Adapter, Answer, Call, Operation, Store, StoreError},
};
use session_memory::MemoryStore;
use session_testing::Site;
use tokio::sync::{Notify, Semaphore};

/// A store whose commits begin and then wait.
#[derive(Clone)]
struct Held {
    store: MemoryStore,
    begun: Arc<Notify>,
    release: Arc<Semaphore>,
}

impl Adapter for Held {
    async fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        if call.operation() == Operation::Commit {
            self.begun.notify_one();
            self.release.acquire().await.unwrap().forget();
        }
        self.store.perform(call).await
    }
}

async fn change(session: Session) -> Result<&'static str, SessionFailure> {
    session.update("n", |n: &mut u32| *n += 1)?;
    Ok("changed")
}

async fn read(session: Session) -> Result<String, SessionFailure> {
    Ok(format!("n is {:?}", session.get::<u32>("n")?))
}

/// Gives the request up as soon as the store is asked to commit something.
async fn give_up(
    begun: Data<Notify>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    tokio::select! {
        response = next.call(request) => response,
        () = begun.notified() => Err(ErrorGatewayTimeout("given up")),
    }
}

#[tokio::test]
async fn a_save_that_has_begun_is_finished() {
    let held = Held {
        store: MemoryStore::new(),
        begun: Arc::new(Notify::new()),
        release: Arc::new(Semaphore::new(0)),
    };
    let begun = Data::from(Arc::clone(&held.begun));
    let sessions = SessionMiddleware::from_sessions(Sessions::new(held.clone(), SessionConfig::default()));
    struct Outer;
    let outer = SessionMiddleware::new(MemoryStore::new(), SessionConfig::default()).kind::<Outer>();
    let routes = move |app: &mut ServiceConfig| {
        let cut = scope("/cut").wrap(sessions.clone()).wrap(from_fn(give_up)).route("", get().to(change));
        let whole =
            scope("").wrap(sessions.clone()).route("/", get().to(change)).route("/read", get().to(read));
        app.app_data(begun.clone()).service(cut).service(whole);
    };
    let served = common::serve_site(Site::without_app(SessionConfig::default()), outer, routes);
    let browser = served.site.browser();
    browser.get("/").await.assert_says("changed");
    browser.get("/cut").await.assert_status(504).assert_says("given up");
    browser.get("/read").await.assert_says("n is Some(1)");
    held.release.add_permits(1);
    // Nobody waits for it; the runtime goes on with it.
    for _ in 0..100_000 {
        if browser.get("/read").await.text() == "n is Some(2)" {
            return;
        }
    }
    panic!("the save was not finished");
}
