//! A browser and a server in one process, in logical time.

use std::{sync::Arc, time::Duration};

use session_core::{
    Context, OpenSession, SessionConfig, SessionError, Timestamp, Visit, blocking, config::Settings,
    cookie::SetCookie, exchange::Settled,
};

use crate::support::{Counted, Shared};

pub(crate) struct Site {
    pub(crate) sessions: blocking::Sessions<Shared>,
    pub(crate) cookie: String,
    pub(crate) agent: &'static str,
    /// How often the site was reconfigured. Its entropy never repeats.
    pub(crate) generation: u64,
}

impl Site {
    pub(crate) fn new(config: SessionConfig) -> Self {
        Self::of_generation(0, config)
    }

    fn of_generation(generation: u64, config: SessionConfig) -> Self {
        let context = Context::with_entropy(config, Counted::from(generation << 32));
        let sessions = blocking::Sessions::with_context(Shared::default(), context);
        Self { sessions, cookie: String::new(), agent: "Firefox", generation }
    }

    /// A site with a session that holds `n = 1`.
    pub(crate) fn with_session(config: SessionConfig) -> Self {
        let mut site = Self::new(config);
        let session = site.open();
        session.set("n", 1).unwrap();
        site.save(&session).unwrap();
        site.world(|world| world.calls.clear());
        site
    }

    /// A site with the same store and another configuration.
    pub(crate) fn reconfigured(self, config: SessionConfig) -> Self {
        let world = self.world(|world| world.clone());
        let mut site = Self::of_generation(self.generation + 1, config);
        site.world(|new| *new = world);
        site.cookie = self.cookie;
        site
    }

    /// Another browser, or another profile of this one, on the same site.
    pub(crate) fn elsewhere(&self) -> Self {
        Self { sessions: self.sessions.clone(), cookie: String::new(), ..*self }
    }

    /// Signs in and returns the stored session.
    pub(crate) fn sign_in(&mut self, owner: &str) -> OpenSession {
        let session = self.open();
        session.login(owner).unwrap();
        self.save(&session).unwrap();
        session
    }

    pub(crate) fn try_open(&self) -> Result<OpenSession, SessionError> {
        let visit = Visit::new().cookie(self.cookie.as_bytes()).user_agent(self.agent.as_bytes());
        self.sessions.open(&visit, self.now())
    }

    pub(crate) fn open(&self) -> OpenSession {
        self.try_open().unwrap()
    }

    pub(crate) fn n(&self) -> Option<u32> {
        self.open().get("n").unwrap()
    }

    pub(crate) fn save(&mut self, session: &OpenSession) -> Result<Settled, SessionError> {
        let settled = self.sessions.save(session, self.now())?;
        match &settled.cookie {
            SetCookie::Keep => {}
            SetCookie::Set { id, .. } => self.cookie = format!("AloSession={}", id.expose().as_str()),
            SetCookie::Remove => self.cookie.clear(),
        }
        Ok(settled)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.world(|world| world.timestamp())
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.world(|world| world.now += Duration::from_secs(seconds));
    }

    pub(crate) fn world<T>(&self, look: impl FnOnce(&mut crate::support::World) -> T) -> T {
        look(&mut self.sessions.store().0.lock().unwrap())
    }

    /// The calls of the store since the last call of this method.
    pub(crate) fn calls(&self) -> Vec<&'static str> {
        self.world(|world| std::mem::take(&mut world.calls))
    }

    pub(crate) fn context(&self) -> &Arc<Context> {
        self.sessions.context()
    }
}

pub(crate) fn config() -> SessionConfig {
    SessionConfig::default()
}

/// The default configuration with some changes.
pub(crate) fn with(change: impl FnOnce(&mut Settings)) -> SessionConfig {
    SessionConfig::with(change).unwrap()
}

pub(crate) const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
