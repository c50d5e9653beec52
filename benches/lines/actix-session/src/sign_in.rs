use actix_identity::Identity;
use actix_session::Session;
use actix_web::{
    HttpMessage as _, HttpRequest,
    web::{Data, Form, Redirect},
};
use actix_web_flash_messages::FlashMessage;

use crate::{
    error::Result,
    role::{ROLE, note_sign_in},
    shop::{Credentials, Users},
};

//> sign-in
pub async fn sign_in(
    request: HttpRequest,
    session: Session,
    users: Data<Users>,
    Form(credentials): Form<Credentials>,
) -> Result<Redirect> {
    let Some(user) = users.check(&credentials).await? else {
        return Ok(Redirect::to("/sign-in").see_other());
    };
    Identity::login(&request.extensions(), user.id.to_string())
        .map_err(actix_web::error::ErrorInternalServerError)?;
    //<
    //> role
    session.insert(ROLE, user.role)?;
    //<
    note_sign_in(&session)?;
    //> account
    Ok(Redirect::to(credentials.next.unwrap_or("/".into())).see_other())
    //<
    //> sign-in
}

pub async fn sign_out(identity: Identity) -> Redirect {
    identity.logout();
    //<
    //> flash
    FlashMessage::info("You are signed out.").send();
    //<
    //> sign-in
    Redirect::to("/sign-in").see_other()
}
//<
