//! The site with actix-session, and actix-web alone, which is what it has to be compared with.
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
        match start.store.as_str() {
            "none" => bare().await,
            "redis" => redis(&start).await,
            other => panic!("{other}: there are none and redis"),
        }
    });
}

async fn bare() {
    let server = HttpServer::new(|| App::new().configure(site::bare));
    let server = server.workers(Start::THREADS).tcp_nodelay(true).bind(Start::ANYWHERE).unwrap();
    Start::announce(server.addrs()[0]);
    server.run().await.unwrap();
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
    let server = server.workers(Start::THREADS).tcp_nodelay(true).bind(Start::ANYWHERE).unwrap();
    Start::announce(server.addrs()[0]);
    server.run().await.unwrap();
}
