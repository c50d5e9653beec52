//! The site with alo-session on actix-web.
#![allow(clippy::unwrap_used, reason = "a tool of the developer: whatever goes wrong ends it")]

mod site;

use std::time::Duration;

use actix_web::{App, HttpServer, rt::System};
use alo_session::{MemoryStore, RedisStore, SessionConfig, actix::SessionMiddleware};
use peer_site::Start;

fn main() {
    let start = Start::from_args();
    System::new().block_on(async {
        let sessions = sessions(&start);
        let server = HttpServer::new(move || App::new().wrap(sessions.clone()).configure(site::routes));
        let server = server.workers(Start::threads()).tcp_nodelay(true).bind(Start::ANYWHERE).unwrap();
        Start::announce(server.addrs()[0]);
        server.run().await.unwrap();
    });
}

fn sessions(start: &Start) -> SessionMiddleware {
    // As it comes, but for the idle time, and for what must not be longer.
    let grace = start.idle.min(Duration::from_secs(10));
    let config = SessionConfig::with(|settings| {
        settings.idle = start.idle;
        settings.grace = grace;
    })
    .unwrap();
    match start.store.as_str() {
        "memory" => SessionMiddleware::new(MemoryStore::new(), config),
        "redis" => SessionMiddleware::new(RedisStore::connect(&start.url).unwrap(), config),
        other => panic!("{other}: there are memory and redis"),
    }
}
