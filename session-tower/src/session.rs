use std::{fmt, ops::Deref};

use session_http::Kind;

use crate::Main;

/// The session of the request. As an axum extractor it loads the session.
///
/// It derefs to [`session_http::Session`], which documents how to save it and how to follow it from a socket, and that to
/// [`session_core::OpenSession`], which documents how to read and write. Clones are cheap; all clones and all extractors of one
/// request are the same session. Changes are saved when the head of the response is ready. The [crate](crate) describes errors,
/// streams and upgrades.
///
/// A socket waits for the [end](session_http::Session::ended) of its session, and [refreshes](session_http::Session::refresh) it:
///
/// ```
/// use std::time::Duration;
///
/// use axum::{extract::ws::{WebSocket, WebSocketUpgrade}, response::Response};
/// use alo_session::{Session, SessionFailure};
///
/// async fn talk(mut socket: WebSocket, session: Session) {
///     loop {
///         tokio::select! {
///             how = session.ended(Duration::from_secs(10)) => {
///                 println!("The session has ended: {how:?}");
///                 return;
///             }
///             message = socket.recv() => match message {
///                 // What the visitor does here counts as a use of the session.
///                 Some(Ok(message)) if session.refresh().await.is_ok() => drop(socket.send(message).await),
///                 _ => return,
///             }
///         }
///     }
/// }
///
/// async fn open(session: Session, upgrade: WebSocketUpgrade) -> Response {
///     upgrade.on_upgrade(|socket| talk(socket, session))
/// }
/// # let _: axum::Router = axum::Router::new().route("/", axum::routing::get(open));
/// ```
#[doc(alias = "extractor")]
pub struct Session<K = Main> {
    session: session_http::Session,
    kind: Kind<K>,
}

impl<K> Session<K> {
    pub(crate) const fn new(session: session_http::Session) -> Self {
        Self { session, kind: Kind::new() }
    }
}

impl<K> Deref for Session<K> {
    type Target = session_http::Session;

    fn deref(&self) -> &session_http::Session {
        &self.session
    }
}

impl<K> Clone for Session<K> {
    fn clone(&self) -> Self {
        Self { session: self.session.clone(), kind: self.kind }
    }
}

impl<K> fmt::Debug for Session<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.session.fmt(f)
    }
}
