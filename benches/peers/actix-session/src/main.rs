//! The site with actix-session.
#![allow(clippy::unwrap_used, reason = "a tool of the developer: whatever goes wrong ends it")]

mod site;

use actix_session::{
    SessionMiddleware,
    config::{BrowserSession, SessionLifecycle},
    storage::RedisSessionStore,
};
use actix_web::{
    App, HttpServer,
    cookie::{Key, time::Duration},
    rt::System,
};
use peer_site::Start;

fn main() {
    let start = Start::from_args();
    System::new().block_on(async {
        assert_eq!(start.store, "redis", "there is redis");
        redis(&start).await;
    });
}

async fn redis(start: &Start) {
    let store = RedisSessionStore::new(&start.url).await.unwrap();
    let idle = Duration::try_from(start.idle).unwrap();
    let server = HttpServer::new(move || {
        // The same key in every process; it is nobody's secret here.
        let builder = SessionMiddleware::builder(store.clone(), Key::from(&[7; 64]));
        let lifecycle = SessionLifecycle::BrowserSession(BrowserSession::default().state_ttl(idle));
        App::new().wrap(builder.session_lifecycle(lifecycle).build()).configure(site::routes)
    });
    let server = server.workers(Start::threads()).tcp_nodelay(true).bind(Start::ANYWHERE).unwrap();
    Start::announce(server.addrs()[0]);
    server.run().await.unwrap();
}
