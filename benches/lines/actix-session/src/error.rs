use actix_web::ResponseError;

use crate::shop::UsersError;

//> error
impl ResponseError for UsersError {}
//<

pub use actix_web::Result;
