use axum::{
    Router,
    http::StatusCode,
    middleware::map_response,
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use axum_login::{AuthManagerLayerBuilder, login_required};
use axum_messages::MessagesManagerLayer;
use tower_sessions::{MemoryStore, SessionManagerLayer, SessionStore, service::CookieController};

use crate::{account, cart, flash, oauth, role, shop::Users, sign_in, socket};

/// Returns the application with its sessions in memory.
pub fn in_memory(users: Users) -> Router {
    //> setup
    let session_store = MemoryStore::default();
    let session_layer = SessionManagerLayer::new(session_store);
    //<
    app(users, session_layer)
}

/// Returns the application.
pub fn app(
    users: Users,
    session_layer: SessionManagerLayer<impl SessionStore + Clone, impl CookieController + Sync + Clone>,
) -> Router {
    //> sign-in
    let auth_layer = AuthManagerLayerBuilder::new(users, session_layer).build();
    //<
    Router::new()
        .route("/", get(account::account))
        //> account
        .route_layer(login_required!(Users, login_url = "/sign-in"))
        //<
        .route("/sign-in", get(flash::page).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/cart", post(cart::add))
        .route("/oauth", get(oauth::begin))
        .route("/oauth/callback", get(oauth::callback))
        .route("/socket", get(socket::open))
        .merge(role::routes())
        //> flash
        .layer(MessagesManagerLayer)
        //<
        //> setup
        .layer(auth_layer)
        //<
        //> pages
        .layer(map_response(error_pages))
    //<
}

//> pages
async fn error_pages(response: Response) -> Response {
    match response.status() {
        status if status.is_server_error() => (status, Html(page(status))).into_response(),
        _ => response,
    }
}
//<

fn page(status: StatusCode) -> String {
    format!("<h1>Sorry</h1><p>{status}</p>")
}
