//! A counter on Redis that knows who counts, and its test.

use std::{convert::Infallible, error::Error};

use axum::{
    Form, Router,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use axum_login::{AuthManagerLayerBuilder, AuthUser, AuthnBackend, UserId};
use tower_sessions::{Session, SessionManagerLayer, SessionStore};
use tower_sessions_redis_store::{RedisStore, fred::prelude::*};

const VISITS: &str = "visits";

#[derive(Debug, Clone, serde::Deserialize)]
struct User {
    name: String,
}

impl AuthUser for User {
    type Id = String;

    fn id(&self) -> String {
        self.name.clone()
    }

    fn session_auth_hash(&self) -> &[u8] {
        self.name.as_bytes()
    }
}

#[derive(Clone, Default)]
struct Backend;

impl AuthnBackend for Backend {
    type User = User;
    type Credentials = User;
    type Error = Infallible;

    async fn authenticate(&self, user: User) -> Result<Option<User>, Infallible> {
        Ok(Some(user))
    }

    async fn get_user(&self, name: &UserId<Self>) -> Result<Option<User>, Infallible> {
        Ok(Some(User { name: name.clone() }))
    }
}

type AuthSession = axum_login::AuthSession<Backend>;

async fn sign_in(mut auth_session: AuthSession, Form(user): Form<User>) -> Response {
    let user = match auth_session.authenticate(user).await {
        Ok(Some(user)) => user,
        Ok(None) => return StatusCode::UNAUTHORIZED.into_response(),
        Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    };
    if auth_session.login(&user).await.is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    Redirect::to("/").into_response()
}

async fn count(auth_session: AuthSession, session: Session) -> impl IntoResponse {
    let visits = session.get::<u32>(VISITS).await.unwrap().unwrap_or_default() + 1;
    session.insert(VISITS, visits).await.unwrap();
    let name = auth_session.user.map_or("stranger".into(), |user| user.name);
    format!("Hello, {name}. You were here {visits} times.\n")
}

fn app(session_layer: SessionManagerLayer<impl SessionStore + Clone>) -> Router {
    let auth_layer = AuthManagerLayerBuilder::new(Backend, session_layer).build();
    Router::new().route("/", get(count)).route("/sign-in", post(sign_in)).layer(auth_layer)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let pool = Pool::new(Config::default(), None, None, None, 6)?;
    let redis_conn = pool.connect();
    pool.wait_for_connect().await?;
    let session_layer = SessionManagerLayer::new(RedisStore::new(pool));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, app(session_layer)).await?;
    redis_conn.await??;
    Ok(())
}

#[cfg(test)]
mod tests {
    use axum::{
        body::{Body, to_bytes},
        http::Request,
    };
    use tower::ServiceExt as _;
    use tower_sessions::MemoryStore;

    use super::*;

    #[tokio::test]
    async fn a_user_is_counted() {
        let app = app(SessionManagerLayer::new(MemoryStore::default()));
        let form = Request::post("/sign-in").header("content-type", "application/x-www-form-urlencoded");
        let response = app.clone().oneshot(form.body(Body::from("name=ada")).unwrap()).await.unwrap();
        let cookie = response.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap();
        let request = Request::get("/").header("cookie", cookie).body(Body::empty()).unwrap();
        let response = app.oneshot(request).await.unwrap();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        assert_eq!(body, "Hello, ada. You were here 1 times.\n");
    }
}
