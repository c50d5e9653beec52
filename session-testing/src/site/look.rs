use std::fmt::{self, Display};

use serde::de::DeserializeOwned;
use session_core::{
    OpenSession,
    id::SessionHandle,
    session::{Arrival, AsKey},
};

use super::story::verdict;

/// The session that a browser's cookie opens, as the store has it at one moment. To look changes nothing: the session is
/// neither used nor saved.
///
/// ```
/// # use alo_session::{Session, SessionFailure};
/// # use axum::{Router, routing::get};
/// # async fn page(session: Session) -> Result<(), SessionFailure> { Ok(session.set("theme", "dark")?) }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// # let site = session_testing::Site::new(|sessions| Router::new().route("/", get(page)).layer(sessions));
/// let browser = site.browser();
/// browser.get("/").await;
/// let session = browser.look().await;
/// session.assert_holds("theme", "dark").assert_signed_out();
/// assert_eq!(session.keys(), ["theme"]);
/// # }
/// ```
pub struct Look {
    /// `None` if the browser has no cookie for it, or the record cannot be read.
    session: Option<OpenSession>,
}

impl Look {
    pub(crate) const fn new(session: Option<OpenSession>) -> Self {
        Self { session }
    }

    /// For a browser that knows nothing of the store.
    pub(crate) fn unknown() -> Self {
        verdict(false, || "only a browser of a `Site` can look at its session".to_owned());
        Self::new(None)
    }

    /// Returns whether the cookie opens a session.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.alive().is_some()
    }

    /// Returns how a request with the cookie would [arrive](OpenSession::arrival), which says what became of the session.
    #[must_use]
    pub fn arrival(&self) -> Arrival {
        self.session.as_ref().map_or(Arrival::New, OpenSession::arrival)
    }

    /// Returns the owner.
    #[must_use]
    pub fn owner(&self) -> Option<String> {
        self.alive()?.owner()
    }

    /// Returns the level of the last sign-in.
    #[must_use]
    pub fn level(&self) -> u8 {
        self.alive().map_or(0, OpenSession::level)
    }

    /// Returns the application's keys, sorted.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        self.alive().map(OpenSession::keys).unwrap_or_default()
    }

    /// Returns the handle, which logs and lists of devices show.
    #[must_use]
    pub fn handle(&self) -> Option<SessionHandle> {
        self.alive()?.id_handle()
    }

    /// Returns the value of a key.
    ///
    /// # Panics
    /// If it is no `T`.
    #[must_use]
    #[track_caller]
    pub fn get<T: DeserializeOwned>(&self, key: impl AsKey<T>) -> Option<T> {
        let key = key.as_ref();
        let value = self.alive().map(|session| session.get(key)).transpose();
        verdict(value.is_ok(), || {
            format!("the value of {key:?} is no {}: {self}", std::any::type_name::<T>())
        });
        value.ok().flatten().flatten()
    }

    /// Asserts that this owner is signed in.
    ///
    /// # Panics
    /// If not.
    #[track_caller]
    pub fn assert_signed_in(&self, owner: impl Display) -> &Self {
        let owner = owner.to_string();
        verdict(self.owner().as_deref() == Some(&*owner), || {
            format!("{owner:?} should be signed in, but there is {self}")
        });
        self
    }

    /// Asserts that no owner is signed in.
    ///
    /// # Panics
    /// If one is.
    #[track_caller]
    pub fn assert_signed_out(&self) -> &Self {
        verdict(self.owner().is_none(), || format!("nobody should be signed in, but there is {self}"));
        self
    }

    /// Asserts that the key has this value, as JSON would show it.
    ///
    /// # Panics
    /// If it has another one or none.
    #[track_caller]
    pub fn assert_holds(&self, key: impl AsRef<str>, value: impl serde::Serialize) -> &Self {
        let key = key.as_ref();
        let expected = serde_json::to_value(value).unwrap_or_default();
        let found: Option<serde_json::Value> = self.get(key);
        verdict(found.as_ref() == Some(&expected), || {
            let found = found.as_ref().map_or("nothing".to_owned(), ToString::to_string);
            format!("{key:?} should hold {expected}, but it holds {found}; there is {self}")
        });
        self
    }

    /// Asserts that the key has no value.
    ///
    /// # Panics
    /// If it has one.
    #[track_caller]
    pub fn assert_lacks(&self, key: impl AsRef<str>) -> &Self {
        let key = key.as_ref();
        verdict(!self.has(key), || format!("there should be nothing under {key:?}, but there is {self}"));
        self
    }

    /// Asserts that the cookie opens no session.
    ///
    /// # Panics
    /// If it does.
    #[track_caller]
    pub fn assert_ended(&self) -> &Self {
        verdict(!self.is_alive(), || format!("the session should have ended, but there is {self}"));
        self
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.alive().is_some_and(|session| session.contains(key))
    }

    fn alive(&self) -> Option<&OpenSession> {
        self.session.as_ref().filter(|session| session.arrival() == Arrival::Known)
    }
}

impl Display for Look {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Some(session), Some(handle)) = (self.alive(), self.handle()) else {
            return match self.arrival() {
                Arrival::New => f.write_str("no session"),
                arrival => write!(f, "no session ({arrival:?})"),
            };
        };
        write!(f, "session {handle}")?;
        match session.owner() {
            Some(owner) => write!(f, " of {owner:?}, level {}", session.level())?,
            None => f.write_str(" without an owner")?,
        }
        match session.keys() {
            keys if keys.is_empty() => f.write_str(", no keys"),
            keys => write!(f, ", keys {}", keys.join(", ")),
        }
    }
}

impl fmt::Debug for Look {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}
