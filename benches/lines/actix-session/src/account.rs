use actix_identity::Identity;
use actix_web::{
    Either, HttpRequest,
    web::{Data, Redirect},
};

use crate::{error::Result, shop::Users};

//> account
pub async fn account(
    identity: Option<Identity>,
    users: Data<Users>,
    request: HttpRequest,
) -> Result<Either<String, Redirect>> {
    let id = match identity {
        Some(identity) => identity.id()?.parse().map_err(actix_web::error::ErrorInternalServerError)?,
        None => {
            let page = format!("/sign-in?next={}", request.uri());
            return Ok(Either::Right(Redirect::to(page).see_other()));
        }
    };
    let user = users.find(id).await?.ok_or(actix_web::error::ErrorUnauthorized("no such user"))?;
    Ok(Either::Left(format!("Hello, {}.", user.name)))
}
//<
