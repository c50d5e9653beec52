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
/// use session_tower::Session;
///
/// #[derive(Clone)]
/// struct Mine(Session);
///
/// impl Held for Mine {
///     fn session(&self) -> &OpenSession {
///         &self.0
///     }
///
///     async fn save(&self) -> Result<(), SessionError> {
///         self.0.save().await.map(drop)
///     }
///
///     async fn refresh(&self) -> Result<Liveness, SessionError> {
///         self.0.refresh().await
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
}
