//! The site on actix-web, on a socket, until the test ends.

use std::{net::TcpListener, sync::Arc, thread};

use actix_web::{
    App, HttpServer,
    rt::System,
    web::{Data, ServiceConfig, resource},
};
use alo_session::{
    SessionConfig,
    actix::{Session, SessionFailure, SessionMiddleware},
};
use session_testing::Site;
use tokio::sync::Barrier;

/// The same site with its store, settings and clock, on actix-web.
pub(crate) fn served(site: Site) -> Site {
    let sessions = SessionMiddleware::from_sessions(site.sessions());
    serve(site, move |app| session_demo::site(app, sessions.clone()))
}

/// The site with one more page, which waits once it has its session, and again before it ends.
pub(crate) fn with_slow_page(config: SessionConfig, barrier: Arc<Barrier>) -> Site {
    let site = Site::without_app(config);
    let (sessions, barrier) = (SessionMiddleware::from_sessions(site.sessions()), Data::from(barrier));
    serve(site, move |app| {
        let page = resource("/slow").wrap(sessions.clone()).get(slow);
        app.app_data(barrier.clone()).service(page);
        session_demo::site(app, sessions.clone());
    })
}

async fn slow(session: Session, barrier: Data<Barrier>) -> Result<&'static str, SessionFailure> {
    session.set("late", true)?;
    barrier.wait().await;
    barrier.wait().await;
    Ok("late")
}

fn serve(site: Site, routes: impl Fn(&mut ServiceConfig) + Clone + Send + 'static) -> Site {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        System::new().block_on(async move {
            let server = HttpServer::new(move || App::new().configure(routes.clone())).workers(1);
            server.disable_signals().listen(listener).unwrap().run().await.unwrap();
        });
    });
    site.listening_at(&url)
}
