use std::{fmt, fmt::Display, future::IntoFuture, pin::Pin, time::Duration};

use serde::Serialize;
use session_core::{OpenSession, SessionError, Timestamp, session::AsKey};
use session_testservers::jar::Trip;

use super::{Browser, story};

/// What a session holds when a test begins, in place of the requests that would lead there. Each step is done in its order.
///
/// [`Site::signed_in`](crate::Site::signed_in) and [`Browser::given`] make a browser hold it,
/// [`signed_in`](crate::signed_in) and [`visitor`](crate::visitor) a session for a unit test.
#[must_use = "nothing is given until it is awaited, or made a session"]
pub struct Given<W = ()> {
    place: W,
    pub(crate) steps: Vec<Box<Step>>,
    ago: Duration,
}

type Step = dyn FnOnce(&OpenSession) -> Result<(), SessionError> + Send;

impl<W> Given<W> {
    pub(crate) const fn of(place: W) -> Self {
        Self { place, steps: Vec::new(), ago: Duration::ZERO }
    }

    /// The owner is signed in.
    pub fn signed_in(self, owner: impl Display) -> Self {
        let owner = owner.to_string();
        self.changed(move |session| session.login(&owner))
    }

    /// The key has this value.
    pub fn with<T: Serialize + Send + 'static>(self, key: impl AsKey<T>, value: T) -> Self {
        let key = key.as_ref().to_owned();
        self.changed(move |session| session.set(key.as_str(), value))
    }

    /// The sign-in had this level, such as that of a second factor.
    pub fn level(self, level: u8) -> Self {
        self.changed(move |session| session.elevate(level))
    }

    /// The owner wants to be remembered for this time.
    pub fn remembered(self, lifetime: Duration) -> Self {
        self.changed(move |session| session.remember(lifetime))
    }

    /// The device has this name in the list of the owner's sessions.
    pub fn label(self, label: &str) -> Self {
        let label = label.to_owned();
        self.changed(move |session| session.set_label(Some(&label)))
    }

    /// All of this happened so long ago, and the session was in use ever since.
    pub fn ago(mut self, ago: Duration) -> Self {
        self.ago = ago;
        self
    }

    /// Whatever else a handler could do with the session.
    pub fn changed<E: Into<SessionError>>(
        mut self,
        change: impl FnOnce(&OpenSession) -> Result<(), E> + Send + 'static,
    ) -> Self {
        self.steps.push(Box::new(move |session| change(session).map_err(Into::into)));
        self
    }

    pub(crate) fn at(&self, now: Timestamp) -> Timestamp {
        let ago = u64::try_from(self.ago.as_millis()).unwrap_or(u64::MAX);
        Timestamp::from_millis(now.as_millis().saturating_sub(ago))
    }
}

pub(crate) fn apply(steps: Vec<Box<Step>>, session: &OpenSession) -> Result<(), SessionError> {
    steps.into_iter().try_for_each(|step| step(session))
}

impl IntoFuture for Given<Browser> {
    type Output = Browser;
    type IntoFuture = Pin<Box<dyn Future<Output = Browser> + Send>>;

    /// # Panics
    /// If the session cannot become what it should be.
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let backing = self.place.backing().cloned();
            story::verdict(backing.is_some(), || {
                "only a browser of a `Site` can be given a session".to_owned()
            });
            let Some(backing) = backing else { return self.place };
            let (browser, at) = (self.place.clone(), self.at(backing.clock.now()));
            let cookies = browser.own_cookies(browser.home());
            let visit = browser.visit(cookies.as_deref());
            let arranged = backing.arrange(&visit, at, |session| apply(self.steps, session)).await;
            match arranged {
                Ok(header) => {
                    let trip = Trip::to(browser.home());
                    header.iter().for_each(|header| _ = browser.cookies().keep(header, &trip));
                }
                Err(error) => failed(&error),
            }
            self.place
        })
    }
}

pub(crate) fn failed(error: &SessionError) -> ! {
    story::fail(&format!("the session cannot become what the test wants: {error}"))
}

impl<W> fmt::Debug for Given<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Given")
            .field("steps", &self.steps.len())
            .field("ago", &self.ago)
            .finish_non_exhaustive()
    }
}
