use std::{fmt, ops::Deref};

use session_http::{Kind, Main};

/// The session of the request. As an extractor it loads the session.
///
/// It derefs to [`session_http::Session`], which has what needs the store, and through it to [`session_core::OpenSession`], which
/// documents how to read and write. Clones are cheap; all clones and all extractors of one request are the same session. Changes
/// are saved when the head of the response is ready. The [crate](crate) describes errors, streams and upgrades.
///
/// In a handler, `Option<Session>` is what actix-web makes of it: `None` if the session cannot be loaded, and then the response is
/// the failure, whatever the handler makes of the `None`. [`MaybeSession`](crate::MaybeSession) tells whether the request brought a
/// session.
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
