//! The least that the work takes on actix-web: alone, and with the raw calls of the driver and nothing else. No session is
//! read or checked; the bytes of one go in and out.
#![allow(clippy::unwrap_used, reason = "a tool of the developer: whatever goes wrong ends it")]

mod redis;

use actix_web::{
    App, HttpServer,
    rt::System,
    web::{Data, ServiceConfig, get},
};
use peer_site::Start;

/// As many bytes as a session of six keys takes.
const FULL: [u8; 400] = [7; 400];
/// As many as one of two.
const SMALL: [u8; 60] = [7; 60];

fn main() {
    let start = Start::from_args();
    System::new().block_on(async {
        match start.store.as_str() {
            "none" => serve(bare).await,
            "redis" => {
                let connection = Data::new(redis::connect(&start).await);
                serve(move |site| redis::routes(site, connection.clone())).await;
            }
            other => panic!("{other}: there are none and redis"),
        }
    });
}

fn bare(site: &mut ServiceConfig) {
    for route in ["/untouched", "/read", "/increment", "/new", "/fill"] {
        site.route(route, get().to(async || "ok"));
    }
}

async fn serve(routes: impl Fn(&mut ServiceConfig) + Clone + Send + 'static) {
    let server = HttpServer::new(move || App::new().configure(routes.clone()));
    let server = server.workers(Start::threads()).tcp_nodelay(true).bind(Start::ANYWHERE).unwrap();
    Start::announce(server.addrs()[0]);
    server.run().await.unwrap();
}
