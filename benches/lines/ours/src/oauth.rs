use alo_session::Session;
use axum::{
    extract::Query,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use crate::error::Result;

#[derive(serde::Deserialize)]
pub struct Answer {
    code: String,
    state: String,
}

pub async fn begin(session: Session) -> Result<Redirect> {
    //> oauth
    let state = session.tokens().create("oauth", None)?;
    //<
    Ok(Redirect::to(&format!("https://id.example/authorize?state={}", state.as_str())))
}

pub async fn callback(session: Session, Query(answer): Query<Answer>) -> Result<Response> {
    //> oauth
    if !session.consume("oauth", &answer.state).await? {
        return Ok(StatusCode::BAD_REQUEST.into_response());
    }
    //<
    Ok(answer.code.into_response())
}
