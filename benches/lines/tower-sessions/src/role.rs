use std::{collections::HashSet, time::Duration};

use axum::{
    Router,
    extract::Request,
    http::StatusCode,
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::get,
};
use axum_login::{AuthzBackend, permission_required};
use time::OffsetDateTime;
use tower_sessions::Session;

use crate::{
    error::Result,
    shop::{Role, User, Users, UsersError},
};

//> role
impl AuthzBackend for Users {
    type Permission = Role;

    async fn get_user_permissions(&self, user: &User) -> std::result::Result<HashSet<Role>, UsersError> {
        Ok(HashSet::from([user.role]))
    }
}
//<

//> fresh
const SIGNED_IN: &str = "signed-in";

pub async fn note_sign_in(session: &Session) -> Result<()> {
    Ok(session.insert(SIGNED_IN, OffsetDateTime::now_utc()).await?)
}

async fn require_fresh(session: Session, request: Request, next: Next) -> Result<Response> {
    match session.get::<OffsetDateTime>(SIGNED_IN).await? {
        Some(at) if OffsetDateTime::now_utc() - at < Duration::from_secs(300) => Ok(next.run(request).await),
        _ => Ok(StatusCode::FORBIDDEN.into_response()),
    }
}
//<

pub fn routes() -> Router {
    let admin = Router::new()
        .route("/admin", get(async || "all orders"))
        //> role
        .route_layer(permission_required!(Users, Role::Admin));
    //<
    let fresh = Router::new()
        .route("/account/delete", get(async || "deleted"))
        //> fresh
        .route_layer(from_fn(require_fresh));
    //<
    admin.merge(fresh)
}
