use actix_session::Session;
use actix_web::{
    error::ErrorBadRequest,
    web::{Query, Redirect},
};

use crate::{error::Result, shop::new_state};

#[derive(serde::Deserialize)]
pub struct Answer {
    code: String,
    state: String,
}

//> oauth
const STATE: &str = "oauth.csrf-state";
//<

pub async fn begin(session: Session) -> Result<Redirect> {
    //> oauth
    let state = new_state();
    session.insert(STATE, &state)?;
    //<
    Ok(Redirect::to(format!("https://id.example/authorize?state={state}")).see_other())
}

pub async fn callback(session: Session, Query(answer): Query<Answer>) -> Result<String> {
    //> oauth
    let state: Option<String> = session.get(STATE)?;
    session.remove(STATE);
    if state != Some(answer.state) {
        return Err(ErrorBadRequest("the state is another one"));
    }
    //<
    Ok(answer.code)
}
