use axum::{Router, routing::get};

pub(crate) fn site() -> Router {
    let ok = || get(async || "ok");
    let routes = ["/untouched", "/read", "/increment", "/new", "/fill"];
    routes.into_iter().fold(Router::new(), |router, route| router.route(route, ok()))
}
