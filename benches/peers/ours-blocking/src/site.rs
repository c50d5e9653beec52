use std::{
    sync::Arc,
    thread,
    time::{Duration, SystemTime},
};

use alo_session::{
    SessionError, Visit,
    blocking::{OpenSession, Sessions},
    store::BlockingStore,
};
use axum::{
    Router,
    extract::Path,
    http::{
        HeaderMap, StatusCode,
        header::{ACCEPT_LANGUAGE, COOKIE, SET_COOKIE, USER_AGENT},
    },
    response::{IntoResponse as _, Response},
    routing::get,
};
use peer_site::{LAST_SEEN, LOCALE, NAME, ROLES, USER, cart};

pub(crate) fn routes<S: BlockingStore + 'static>(sessions: Arc<Sessions<S>>) -> Router {
    let page = |work: fn(&OpenSession) -> Result<String, SessionError>| {
        let sessions = Arc::clone(&sessions);
        get(async move |headers: HeaderMap| serve(sessions, headers, work).await)
    };
    let write = {
        let sessions = Arc::clone(&sessions);
        async move |Path((key, pause)): Path<(String, u64)>, headers: HeaderMap| {
            let work = move |session: &OpenSession| {
                thread::sleep(Duration::from_millis(pause));
                session.set(&key, 1_u64).map(|()| "ok".to_owned())
            };
            serve(sessions, headers, work).await
        }
    };
    let value = {
        let sessions = Arc::clone(&sessions);
        async move |Path(key): Path<String>, headers: HeaderMap| {
            let work = move |session: &OpenSession| {
                let number: Option<u64> = session.get(&key)?;
                Ok(number.map(|number| number.to_string()).unwrap_or_default())
            };
            serve(sessions, headers, work).await
        }
    };
    Router::new()
        .route("/untouched", get(async || "ok"))
        .route("/read", page(read))
        .route("/increment", page(increment))
        .route("/new", page(create))
        .route("/fill", page(fill))
        .route("/write/{key}/{pause}", get(write))
        .route("/value/{key}", get(value))
        .route("/rotate", page(|session| session.rotate().map(|()| "ok".to_owned())))
        .route(
            "/end",
            page(|session| {
                session.destroy();
                Ok("ok".to_owned())
            }),
        )
}

/// Opens the session, does the work and saves, all on one thread that may wait.
async fn serve<S: BlockingStore + 'static>(
    sessions: Arc<Sessions<S>>,
    headers: HeaderMap,
    work: impl FnOnce(&OpenSession) -> Result<String, SessionError> + Send + 'static,
) -> Response {
    let request = move || -> Result<Response, SessionError> {
        let mut visit =
            headers.get_all(COOKIE).iter().fold(Visit::new(), |visit, one| visit.cookie(one.as_bytes()));
        if let Some(header) = headers.get(USER_AGENT) {
            visit = visit.user_agent(header.as_bytes());
        }
        if let Some(header) = headers.get(ACCEPT_LANGUAGE) {
            visit = visit.accept_language(header.as_bytes());
        }
        let session = sessions.open(&visit, SystemTime::now().into())?;
        let text = work(&session)?;
        let settled = sessions.save(&session, SystemTime::now().into())?;
        let cookie = settled.cookie.header(&sessions.context().config().cookie);
        Ok(match cookie {
            Some(cookie) => ([(SET_COOKIE, cookie.as_str())], text).into_response(),
            None => text.into_response(),
        })
    };
    match tokio::task::spawn_blocking(request).await.unwrap() {
        Ok(response) => response,
        Err(SessionError::Gone | SessionError::Conflict { .. }) => StatusCode::CONFLICT.into_response(),
        Err(SessionError::Store(_) | SessionError::Unknown) => {
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn read(session: &OpenSession) -> Result<String, SessionError> {
    let user: Option<u64> = session.get("user")?;
    let last_seen: Option<u64> = session.get("last_seen")?;
    Ok(format!("{} {}", user.unwrap_or(0), last_seen.unwrap_or(0)))
}

fn increment(session: &OpenSession) -> Result<String, SessionError> {
    let number = session.update("last_seen", |number: &mut u64| {
        *number += 1;
        *number
    })?;
    Ok(number.to_string())
}

fn create(session: &OpenSession) -> Result<String, SessionError> {
    session.set("user", USER)?;
    session.set("last_seen", LAST_SEEN)?;
    Ok("ok".to_owned())
}

fn fill(session: &OpenSession) -> Result<String, SessionError> {
    create(session)?;
    session.set("name", NAME)?;
    session.set("cart", cart())?;
    session.set("locale", LOCALE)?;
    session.set("roles", ROLES)?;
    Ok("ok".to_owned())
}
