use std::time::Duration;

use alo_session::{Key, RequireSignIn};
use axum::{Router, routing::get};

use crate::shop::{Role, Users};

//> role
pub const ROLE: Key<Role> = Key::new("role");
//<

pub fn routes() -> Router<Users> {
    let admin = Router::new()
        .route("/admin", get(async || "all orders"))
        //> role
        .route_layer(RequireSignIn::new().only(|session| Ok(session.get(ROLE)? == Some(Role::Admin))));
    //<
    let fresh = Router::new()
        .route("/account/delete", get(async || "deleted"))
        //> fresh
        .route_layer(RequireSignIn::new().fresh(Duration::from_secs(300)));
    //<
    admin.merge(fresh)
}
