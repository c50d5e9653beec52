use std::time::Duration;

use alo_session::{ReturnTo, Session};
use axum::{Form, extract::State, response::Redirect};

use crate::{
    error::Result,
    role::ROLE,
    shop::{Credentials, Users},
};

const MONTH: Duration = Duration::from_hours(24 * 30);

//> sign-in
pub async fn sign_in(
    session: Session,
    back: ReturnTo,
    users: State<Users>,
    form: Form<Credentials>,
) -> Result<Redirect> {
    let Some(user) = users.check(&form).await? else { return Ok(Redirect::to("/sign-in")) };
    session.login(user.id)?;
    //<
    //> remember
    session.remember(form.remember.as_ref().map(|_| MONTH))?;
    //<
    //> role
    session.set(ROLE, user.role)?;
    //<
    //> sign-in
    Ok(Redirect::to(back.or("/")))
}

pub async fn sign_out(session: Session) -> Result<Redirect> {
    session.logout()?;
    //<
    //> flash
    session.flash("info", "You are signed out.")?;
    //<
    //> sign-in
    Ok(Redirect::to("/sign-in"))
}
//<
