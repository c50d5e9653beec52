use axum::{Form, response::Redirect};
use axum_login::{AuthUser, AuthnBackend};
use axum_messages::Messages;
use time::Duration;
use tower_sessions::Expiry;

use crate::{
    error::Result,
    role::note_sign_in,
    shop::{Credentials, User, Users, UsersError},
};

//> sign-in
impl AuthUser for User {
    type Id = u64;

    fn id(&self) -> u64 {
        self.id
    }

    fn session_auth_hash(&self) -> &[u8] {
        &self.hash
    }
}

impl AuthnBackend for Users {
    type User = User;
    type Credentials = Credentials;
    type Error = UsersError;

    async fn authenticate(&self, credentials: Credentials) -> std::result::Result<Option<User>, UsersError> {
        self.check(&credentials).await
    }

    async fn get_user(&self, id: &u64) -> std::result::Result<Option<User>, UsersError> {
        self.find(*id).await
    }
}

pub type AuthSession = axum_login::AuthSession<Users>;

pub async fn sign_in(
    mut auth_session: AuthSession,
    Form(credentials): Form<Credentials>,
) -> Result<Redirect> {
    let user = auth_session.authenticate(credentials.clone()).await?;
    let Some(user) = user else { return Ok(Redirect::to("/sign-in")) };
    auth_session.login(&user).await?;
    //<
    //> remember
    if credentials.remember.is_some() {
        auth_session.session.set_expiry(Some(Expiry::OnInactivity(Duration::days(30))));
    }
    //<
    note_sign_in(&auth_session.session).await?;
    //> account
    Ok(Redirect::to(credentials.next.as_deref().unwrap_or("/")))
    //<
    //> sign-in
}

pub async fn sign_out(mut auth_session: AuthSession, messages: Messages) -> Result<Redirect> {
    auth_session.logout().await?;
    //<
    //> flash
    messages.info("You are signed out.");
    //<
    //> sign-in
    Ok(Redirect::to("/sign-in"))
}
//<
