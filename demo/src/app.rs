use std::num::NonZeroU32;

use alo_session::{CsrfLayer, SessionConfig, SessionLayer, config::ConfigError};
use axum::{
    Router,
    extract::Request,
    http::HeaderValue,
    middleware::{self, Next},
    response::Response,
    routing::{get, post},
};

use crate::{
    assets,
    pages::{cart, devices, home, order, shop, sign_in, your_session},
    problem::{self, Problem},
};

/// The number of sessions that one name may have.
pub(crate) const CAP: u32 = 5;

/// Returns the settings of the site's sessions; `secure` is for use behind HTTPS.
///
/// # Errors
/// None: these settings are valid. Checking them returns a `Result` all the same.
pub fn config(secure: bool) -> Result<SessionConfig, ConfigError> {
    SessionConfig::with(|settings| {
        settings.cookie.secure = secure;
        settings.max_sessions = NonZeroU32::new(CAP);
    })
}

/// Returns the site, with these sessions: those of `main`, or of a test.
pub fn app(sessions: SessionLayer) -> Router {
    // Makes the response when a session fails, in every handler and in the layers.
    let sessions = sessions.on_error(problem::session_failure);

    let pages = Router::new()
        .route("/", get(home::show))
        .route("/shop", get(shop::show))
        .route("/cart", get(cart::show))
        .route("/cart/add", post(cart::add))
        .route("/cart/quantity", post(cart::set_quantity))
        .route("/cart/remove", post(cart::remove))
        .route("/cart/empty", post(cart::empty))
        .route("/order", get(order::show).post(order::place))
        .route("/sign-in", get(sign_in::show).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/devices", get(devices::show))
        .route("/devices/end", post(devices::end))
        .route("/devices/end-others", post(devices::end_others))
        .route("/devices/end-all", post(devices::end_all))
        .route("/session", get(your_session::show))
        .route("/session/new-id", post(your_session::new_id))
        .route("/session/end", post(your_session::end))
        .method_not_allowed_fallback(async || Problem::MethodNotAllowed)
        .layer(CsrfLayer::new())
        .layer(sessions);

    // No session layer here: these routes use no session and set no cookie.
    Router::new()
        .merge(pages)
        .route("/session/ended", get(your_session::ended))
        .route("/style.css", get(assets::style))
        .route("/icon.svg", get(assets::icon))
        .fallback(async || Problem::NotFound)
        .layer(middleware::map_response(add_security_headers))
        .layer(middleware::from_fn(log))
}

async fn add_security_headers(mut response: Response) -> Response {
    let rules = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
                 frame-ancestors 'none'";
    for (name, value) in [
        ("content-security-policy", rules),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Logs one line per request. The path is no secret: a session id is never in a URL.
async fn log(request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let response = next.run(request).await;
    tracing::info!(%method, path, status = response.status().as_u16(), "answered");
    response
}
