use std::fmt;

use session_http::Main;

use crate::Session;

/// The session of the request as an extractor that finds `None` if the request brought no session that lives, and none was begun for
/// it: for a page that shows a little more to those who have a session.
///
/// ```
/// use alo_session::actix::MaybeSession;
///
/// async fn page(MaybeSession(session): MaybeSession) -> String {
///     let name = session.and_then(|session| session.owner());
///     format!("Hello, {}.", name.unwrap_or("stranger".into()))
/// }
/// # let _ = actix_web::App::new().route("/", actix_web::web::get().to(page));
/// ```
///
/// `Option<Session>` is not the same: actix-web makes it of `Session`, so it is `Some` for everybody.
#[expect(clippy::exhaustive_structs, reason = "a handler takes the session out of it by a pattern")]
pub struct MaybeSession<K = Main>(pub Option<Session<K>>);

impl<K> Clone for MaybeSession<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K> fmt::Debug for MaybeSession<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MaybeSession").field(&self.0).finish()
    }
}
