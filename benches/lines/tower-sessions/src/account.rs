use axum::http::StatusCode;

use crate::sign_in::AuthSession;

//> account
pub async fn account(auth_session: AuthSession) -> Result<String, StatusCode> {
    match auth_session.user {
        Some(user) => Ok(format!("Hello, {}.", user.name)),
        None => Err(StatusCode::INTERNAL_SERVER_ERROR),
    }
}
//<
