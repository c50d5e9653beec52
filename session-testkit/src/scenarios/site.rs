use std::{fmt::Display, sync::Arc, time::Duration};

use session_core::{
    Context, OpenSession, SessionConfig, SessionError, Sessions, Timestamp, Visit, blocking,
    config::Settings,
    exchange::Settled,
    id::{Entropy, EntropyError, Family},
    store::AnyStore,
};

use super::{Browser, at_once::AtOnce};
use crate::{
    subject::{Drive, Shared, Subject},
    violation::{Checked, Flaw},
};

/// An application over the store, as one process runs it. Its driver is the one for the API under test.
pub(crate) struct Site {
    pub(crate) s: Subject,
    driver: Driver,
    context: Arc<Context>,
}

enum Driver {
    Nonblocking(Sessions<AnyStore>),
    Blocking(blocking::Sessions<AtOnce>),
}

/// Entropy from the seed of the run.
struct Drawn(Arc<Shared>);

impl Entropy for Drawn {
    fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError> {
        for chunk in out.chunks_mut(8) {
            for (to, from) in chunk.iter_mut().zip(self.0.seed.next().to_le_bytes()) {
                *to = from;
            }
        }
        Ok(())
    }
}

impl Site {
    /// An application with the default configuration, without random sweeps and with many retries.
    pub(crate) fn new(s: &Subject) -> Checked<Self> {
        Self::with(s, |_| {})
    }

    pub(crate) fn with(s: &Subject, change: impl FnOnce(&mut Settings)) -> Checked<Self> {
        let config = SessionConfig::with(|settings| {
            settings.sweep_one_in = 0;
            settings.conflict_retries = 1000;
            change(settings);
        });
        let config = config.map_err(|error| Flaw::Unable(error.to_string()))?;
        let context = Context::with_entropy(config, Drawn(Arc::clone(&s.shared)));
        let (store, shared) = (s.store.clone(), Arc::clone(&context));
        let driver = match s.shared.drive {
            Drive::Runtime(_) => Driver::Nonblocking(Sessions::with_context(store, shared)),
            Drive::Plain => Driver::Blocking(blocking::Sessions::with_context(AtOnce(store), shared)),
        };
        Ok(Self { s: s.clone(), driver, context })
    }

    pub(crate) const fn context(&self) -> &Arc<Context> {
        &self.context
    }

    pub(crate) fn cookie_name(&self) -> &str {
        &self.context.config().cookie.name
    }

    /// The time of the application, which runs with the time of the store.
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000).after(self.s.now())
    }

    /// An owner that no other case knows.
    pub(crate) fn owner(&self) -> String {
        format!("owner-{:016x}", self.s.shared.seed.next())
    }

    /// The family of the owner's sessions.
    pub(crate) fn family(&self, owner: &str) -> Family {
        self.context.config().family_of(owner)
    }

    /// Opens the session for a request from the browser.
    pub(crate) async fn open(&self, browser: &Browser) -> Checked<OpenSession> {
        let visit = Visit::new().cookie(browser.header());
        let opened = match &self.driver {
            Driver::Nonblocking(sessions) => sessions.open(&visit, self.now()).await,
            Driver::Blocking(sessions) => sessions.open(&visit, self.now()),
        };
        self.done("opening a session", opened)
    }

    /// Like [`open`](Self::open), but the session must exist.
    pub(crate) async fn found(&self, browser: &Browser, when: &str) -> Checked<OpenSession> {
        let session = self.open(browser).await?;
        self.s.check(!session.is_new(), || format!("{when}: the session was not found"))?;
        Ok(session)
    }

    /// Checks that the id of the browser opens no session.
    pub(crate) async fn is_dead(&self, browser: &Browser, when: &str) -> Checked {
        let session = self.open(browser).await?;
        self.s.check(session.is_new(), || format!("{when}: the id still opens a session"))
    }

    pub(crate) async fn try_save(&self, session: &OpenSession) -> Result<Settled, SessionError> {
        match &self.driver {
            Driver::Nonblocking(sessions) => sessions.save(session, self.now()).await,
            Driver::Blocking(sessions) => sessions.save(session, self.now()),
        }
    }

    /// Saves, which must succeed, and sends the cookie to the browser.
    pub(crate) async fn save(&self, session: &OpenSession, browser: &mut Browser) -> Checked<Settled> {
        let settled = self.done("saving a session", self.try_save(session).await)?;
        browser.told(self.cookie_name(), &settled.cookie);
        Ok(settled)
    }

    /// Saves a session that another request may have ended. Returns whether the save was acknowledged.
    pub(crate) async fn save_unless_gone(
        &self,
        session: &OpenSession,
        browser: &mut Browser,
    ) -> Checked<bool> {
        match self.try_save(session).await {
            Err(SessionError::Gone) => Ok(false),
            other => {
                let settled = self.done("saving a session", other)?;
                browser.told(self.cookie_name(), &settled.cookie);
                Ok(true)
            }
        }
    }

    pub(crate) async fn consume(&self, session: &OpenSession, name: &str, text: &str) -> Checked<bool> {
        let taken = match &self.driver {
            Driver::Nonblocking(sessions) => sessions.consume(session, name, text, self.now()).await,
            Driver::Blocking(sessions) => sessions.consume(session, name, text, self.now()),
        };
        self.done("using a token up", taken)
    }

    /// A browser with a stored session that holds `n = 0`, signed in where there is an owner.
    pub(crate) async fn visitor(&self, owner: Option<&str>) -> Checked<Browser> {
        let mut browser = Browser::default();
        let session = self.open(&browser).await?;
        self.done("setting a value", session.set("n", 0_u32))?;
        if let Some(owner) = owner {
            self.done("signing in", session.login(owner))?;
        }
        self.save(&session, &mut browser).await?;
        self.found(&browser, "after it was created").await?;
        Ok(browser)
    }

    /// The number of live sessions of the owner.
    pub(crate) async fn sessions_of(&self, owner: &str) -> Checked<usize> {
        Ok(self.s.list(&self.family(owner)).await?.len())
    }

    /// Reports a failure as a violation, because only the store can be its reason.
    pub(crate) fn done<T, E: Display>(&self, what: &str, answer: Result<T, E>) -> Checked<T> {
        answer.map_err(|error| self.s.violation(format!("{what} failed: {error}")))
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.s.pass(time);
    }
}
