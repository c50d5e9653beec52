//! What runs the application: settings, store, measurements, jobs.

use std::error::Error;

use actix_session::{SessionMiddleware, config::PersistentSession, storage::SessionStore};
use actix_web::{
    Result,
    body::BoxBody,
    cookie::{Key, SameSite, time::Duration},
    dev::ServiceResponse,
    http::StatusCode,
    http::header::{CONTENT_TYPE, HeaderValue},
    middleware::{ErrorHandlerResponse, ErrorHandlers},
};

//> settings
#[derive(serde::Deserialize)]
struct Settings {
    name: String,
    secure: bool,
    idle: i64,
}

pub fn sessions<S: SessionStore>(store: S) -> std::result::Result<SessionMiddleware<S>, Box<dyn Error>> {
    let settings: Settings = toml::from_str(&std::fs::read_to_string("session.toml")?)?;
    let key = Key::from(std::env::var("SHOP_SECRET")?.as_bytes());
    let middleware = SessionMiddleware::builder(store, key)
        .cookie_name(settings.name)
        .cookie_secure(settings.secure)
        .cookie_same_site(SameSite::Lax)
        .session_lifecycle(PersistentSession::default().session_ttl(Duration::seconds(settings.idle)))
        .build();
    Ok(middleware)
}
//<

pub fn pages() -> ErrorHandlers<BoxBody> {
    //> pages
    ErrorHandlers::new().default_handler_server(error_page)
    //<
}

//> pages
fn error_page(response: ServiceResponse<BoxBody>) -> Result<ErrorHandlerResponse<BoxBody>> {
    let text = page(response.status());
    let mut response = response.map_body(|_, _| BoxBody::new(text));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    Ok(ErrorHandlerResponse::Response(response.map_into_left_body()))
}
//<

fn page(status: StatusCode) -> String {
    format!("<h1>Sorry</h1><p>{status}</p>")
}
