use axum::{
    extract::Query,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use tower_sessions::Session;

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
    session.insert(STATE, &state).await?;
    //<
    Ok(Redirect::to(&format!("https://id.example/authorize?state={state}")))
}

pub async fn callback(session: Session, Query(answer): Query<Answer>) -> Result<Response> {
    //> oauth
    if session.remove::<String>(STATE).await?.as_deref() != Some(&*answer.state) {
        return Ok(StatusCode::BAD_REQUEST.into_response());
    }
    //<
    Ok(answer.code.into_response())
}
