#![allow(dead_code, reason = "not every test needs everything")]
//! An actix-web server for a test, on a real socket, with two workers.

use std::{net::TcpListener, sync::mpsc};

use actix_web::{App, HttpServer, dev::ServerHandle, rt::System, web::ServiceConfig};
use session_actix::SessionMiddleware;
use session_core::SessionConfig;
use session_testing::Site;

/// A site on a server that ends with it.
pub(crate) struct Served {
    pub(crate) site: Site,
    pub(crate) address: String,
    server: ServerHandle,
}

/// Serves these routes, with the middleware as the test wants it.
pub(crate) fn serve(
    change: impl FnOnce(SessionMiddleware) -> SessionMiddleware,
    routes: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
) -> Served {
    serve_with(SessionConfig::default(), change, routes)
}

pub(crate) fn serve_with(
    config: SessionConfig,
    change: impl FnOnce(SessionMiddleware) -> SessionMiddleware,
    routes: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
) -> Served {
    let site = Site::without_app(config);
    let sessions = change(SessionMiddleware::from_sessions(site.sessions()));
    serve_site(site, sessions, routes)
}

pub(crate) fn serve_site<K: 'static>(
    site: Site,
    sessions: SessionMiddleware<K>,
    routes: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (ready, started) = mpsc::channel();
    std::thread::spawn(move || {
        System::new().block_on(async move {
            let server = HttpServer::new(move || App::new().wrap(sessions.clone()).configure(routes.clone()));
            let server = server.workers(2).disable_signals().listen(listener).unwrap().run();
            ready.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    let server = started.recv().unwrap();
    Served { site: site.listening_at(&format!("http://{address}")), address, server }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It is told at once; nobody waits for the end.
        drop(self.server.stop(false));
    }
}
