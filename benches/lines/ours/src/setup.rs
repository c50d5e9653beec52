use alo_session::{CsrfLayer, MemoryStore, SessionConfig, SessionLayer};
use axum::{
    Router,
    response::Html,
    routing::{get, post},
};

use crate::{account, cart, csrf, devices, flash, oauth, role, shop::Users, sign_in, socket};

/// Returns the application with its sessions in memory.
pub fn in_memory(users: Users) -> Router {
    //> setup
    let sessions = SessionLayer::new(MemoryStore::new(), SessionConfig::website());
    //<
    app(users, sessions)
}

/// Returns the application.
pub fn app(users: Users, sessions: SessionLayer) -> Router {
    //> account
    let sessions = sessions.sign_in_page("/sign-in");
    //<
    //> pages
    let sessions = sessions.on_error(|failure, _| (failure.status(), Html(page(&failure.to_string()))));
    //<
    Router::new()
        .route("/sign-in", get(flash::page).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/", get(account::account))
        .route("/cart", post(cart::add))
        .route("/form", get(csrf::form).post(csrf::form))
        .route("/devices", get(devices::devices))
        .route("/devices/{handle}", post(devices::end_device))
        .route("/devices/others", post(devices::end_others))
        .route("/oauth", get(oauth::begin))
        .route("/oauth/callback", get(oauth::callback))
        .route("/socket", get(socket::open))
        .merge(role::routes())
        .with_state(users)
        //> csrf
        .layer(CsrfLayer::new())
        //<
        //> setup
        .layer(sessions)
    //<
}

fn page(text: &str) -> String {
    format!("<h1>Sorry</h1><p>{text}</p>")
}
