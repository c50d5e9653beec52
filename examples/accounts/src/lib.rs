//! Accounts: passwords, "remember me", devices, a step-up before the password is changed, and a change of the password that
//! signs the owner out everywhere else.

mod users;

use std::time::Duration;

use alo_session::{
    CsrfLayer, CsrfToken, Owner, OwnerSessions, RequireSignIn, ReturnTo, Session, SessionError,
    SessionFailure, SessionLayer, id::SessionHandle,
};
use axum::{
    Form, Router,
    extract::State,
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;

pub use users::{UserId, Users};

const REMEMBERED: Duration = Duration::from_secs(30 * 86_400);
const FRESH: Duration = Duration::from_secs(300);

#[derive(Debug, thiserror::Error)]
enum AppError {
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error("a password cannot be hashed")]
    Hash(#[from] argon2::password_hash::Error),
    #[error("the hashing was cut off")]
    Cut(#[from] tokio::task::JoinError),
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        match self {
            Self::Session(error) => SessionFailure::from(error).into_response(),
            Self::Hash(_) | Self::Cut(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
}

/// Returns the application, with its sessions in this layer.
pub fn app(users: Users, sessions: SessionLayer) -> Router {
    let account = Router::new()
        .route("/", get(home))
        .route("/devices", get(devices).post(end_device))
        .route_layer(RequireSignIn::new());
    let sensitive = Router::new()
        .route("/password", get(password_form).post(change_password))
        .route_layer(RequireSignIn::new().fresh(FRESH));
    Router::new()
        .route("/sign-in", get(sign_in_form).post(sign_in))
        .route("/sign-out", post(sign_out))
        .merge(account)
        .merge(sensitive)
        .layer(CsrfLayer::new())
        .layer(sessions.sign_in_page("/sign-in"))
        .with_state(users)
}

#[derive(Deserialize)]
struct SignIn {
    name: String,
    password: String,
    remember: Option<String>,
}

async fn sign_in_form(session: Session, csrf: CsrfToken) -> Result<Html<String>, AppError> {
    let message = session.take_flashes()?.into_iter().map(|flash| flash.text).collect::<String>();
    Ok(Html(format!(
        "<p>{message}</p><form method=post>{}<input name=name><input name=password type=password>\
         <input name=remember type=checkbox value=yes><button>Sign in</button></form>",
        csrf.input()?
    )))
}

async fn sign_in(
    session: Session,
    back: ReturnTo,
    State(users): State<Users>,
    Form(form): Form<SignIn>,
) -> Result<Response, AppError> {
    let Some(user) = users.check(&form.name, form.password).await? else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, "The name or the password is wrong.").into_response());
    };
    session.login(user)?;
    session.remember(form.remember.map(|_| REMEMBERED))?;
    Ok(Redirect::to(back.or("/")).into_response())
}

async fn sign_out(session: Session) -> Result<Redirect, AppError> {
    session.logout()?;
    session.flash("info", "You are signed out.")?;
    Ok(Redirect::to("/sign-in"))
}

async fn home(Owner(user): Owner<UserId>, csrf: CsrfToken) -> Result<Html<String>, AppError> {
    Ok(Html(format!(
        "<h1>Hello, user {user}</h1><form method=post action=/sign-out>{}<button>Sign out</button></form>",
        csrf.input()?
    )))
}

async fn devices(
    session: Session,
    Owner(user): Owner<UserId>,
    csrf: CsrfToken,
    sessions: OwnerSessions,
) -> Result<Html<String>, AppError> {
    let mut page = String::new();
    for device in sessions.of(user).await? {
        let this = if device.is(&session) { " (this one)" } else { "" };
        page += &format!(
            "<form method=post>{}<input type=hidden name=handle value={}>{}{this}<button>End</button></form>",
            csrf.input()?,
            device.handle.to_hex(),
            device.handle
        );
    }
    Ok(Html(page))
}

#[derive(Deserialize)]
struct Device {
    handle: SessionHandle,
}

async fn end_device(
    Owner(user): Owner<UserId>,
    sessions: OwnerSessions,
    Form(device): Form<Device>,
) -> Result<Redirect, AppError> {
    sessions.end(user, device.handle).await?; // only one of this owner ends, whatever handle was sent
    Ok(Redirect::to("/devices"))
}

#[derive(Deserialize)]
struct NewPassword {
    password: String,
}

async fn password_form(csrf: CsrfToken) -> Result<Html<String>, AppError> {
    Ok(Html(format!(
        "<form method=post>{}<input name=password type=password><button>Change</button></form>",
        csrf.input()?
    )))
}

async fn change_password(
    session: Session,
    Owner(user): Owner<UserId>,
    State(users): State<Users>,
    Form(form): Form<NewPassword>,
) -> Result<Redirect, AppError> {
    users.set_password(user, form.password).await?;
    session.login(user)?; // a new id for this session
    session.end_others().await?; // and an end to all others
    Ok(Redirect::to("/"))
}
