use alo_session::{Owner, SessionError, session::SignInRequired};
use axum::extract::State;

use crate::{error::Result, shop::Users};

//> account
pub async fn account(Owner(id): Owner<u64>, users: State<Users>) -> Result<String> {
    let user = users.find(id).await?.ok_or(SessionError::from(SignInRequired::NotSignedIn))?;
    Ok(format!("Hello, {}.", user.name))
}
//<
