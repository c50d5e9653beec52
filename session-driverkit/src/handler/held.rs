use std::future::Future;

use session_core::{OpenSession, SessionError, exchange::Liveness};

/// The session of a request as the framework gives it to a handler, for the kit. A fixture makes it of the framework's own
/// extractor.
///
/// The futures need not be [`Send`]; they are if those of the framework are.
///
/// ```
/// use session_core::{OpenSession, SessionError, exchange::Liveness};
/// use session_driverkit::Held;
/// use session_tower::{OwnerSessions, Session};
///
/// #[derive(Clone)]
/// struct Mine {
///     session: Session,
///     owners: OwnerSessions,
/// }
///
/// impl Held for Mine {
///     fn session(&self) -> &OpenSession {
///         &self.session
///     }
///
///     async fn save(&self) -> Result<(), SessionError> {
///         self.session.save().await.map(drop)
///     }
///
///     async fn refresh(&self) -> Result<Liveness, SessionError> {
///         self.session.refresh().await
///     }
///
///     async fn consume(&self, name: &str, text: &str) -> Result<bool, SessionError> {
///         self.session.consume(name, text).await
///     }
///
///     async fn end_others(&self) -> Result<u64, SessionError> {
///         self.session.end_others().await
///     }
///
///     async fn end_all(&self, owner: &str) -> Result<u64, SessionError> {
///         self.owners.end_all(owner).await
///     }
/// }
/// ```
pub trait Held: Clone + 'static {
    /// The session itself.
    fn session(&self) -> &OpenSession;

    /// Saves what was changed so far, as a handler may do by itself.
    fn save(&self) -> impl Future<Output = Result<(), SessionError>>;

    /// Brings the session of a socket or a stream up to date.
    fn refresh(&self) -> impl Future<Output = Result<Liveness, SessionError>>;

    /// Uses up a one-time token, with a save. Returns whether it was good.
    fn consume(&self, name: &str, text: &str) -> impl Future<Output = Result<bool, SessionError>>;

    /// Saves, and ends all other sessions of the owner. Returns their number.
    fn end_others(&self) -> impl Future<Output = Result<u64, SessionError>>;

    /// Ends all sessions of the owner. Returns their number.
    fn end_all(&self, owner: &str) -> impl Future<Output = Result<u64, SessionError>>;
}
