use std::time::{Duration, SystemTime};

use actix_session::{Session, SessionExt as _};
use actix_web::{
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    error::ErrorForbidden,
    middleware::{Next, from_fn},
    web,
};

use crate::{error::Result, shop::Role};

//> role
pub const ROLE: &str = "role";

async fn admins_only(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>> {
    match request.get_session().get(ROLE)? {
        Some(Role::Admin) => next.call(request).await,
        _ => Err(ErrorForbidden("for administrators")),
    }
}
//<

//> fresh
const SIGNED_IN: &str = "signed-in";

pub fn note_sign_in(session: &Session) -> Result<()> {
    Ok(session.insert(SIGNED_IN, SystemTime::now())?)
}

async fn require_fresh(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>> {
    match request.get_session().get::<SystemTime>(SIGNED_IN)?.map(|at| at.elapsed()) {
        Some(Ok(ago)) if ago < Duration::from_secs(300) => next.call(request).await,
        _ => Err(ErrorForbidden("sign in again")),
    }
}
//<

pub fn routes(config: &mut web::ServiceConfig) {
    let admin = web::resource("/admin").get(async || "all orders");
    let fresh = web::resource("/account/delete").get(async || "deleted");
    config
        //> role
        .service(admin.wrap(from_fn(admins_only)))
        //<
        //> fresh
        .service(fresh.wrap(from_fn(require_fresh)));
    //<
}
