use std::sync::Arc;

use session_core::{
    Context, OpenSession, SessionConfig, SessionError, Sessions, Timestamp, Visit,
    config::{OnReuse, OnUnreadable},
    store::{AnyStore, Store},
};
use session_memory::MemoryStore;

use super::{
    Clock, Look,
    watched::{Log, Watched},
};
use crate::{Faulty, Schedule};

/// What is behind the application: its store and the time.
pub(crate) struct Backing {
    pub(crate) clock: Clock,
    pub(crate) faults: Schedule,
    pub(crate) log: Log,
    /// The store that knows no fault.
    pub(crate) store: AnyStore,
    pub(crate) context: Arc<Context>,
    /// The store, if it is the one in memory, which also has a blocking API.
    pub(crate) memory: Option<MemoryStore>,
    looking: Arc<Context>,
}

impl Backing {
    pub(crate) fn in_memory(config: SessionConfig) -> Self {
        let clock = Clock::new();
        let store = MemoryStore::builder().clock(clock.clone()).build().unwrap_or_default();
        Self { memory: Some(store.clone()), ..Self::new(AnyStore::new(store), config, clock) }
    }

    pub(crate) fn new(store: AnyStore, config: SessionConfig, clock: Clock) -> Self {
        // To look must change nothing and never fail.
        let looking = config.change(|settings| {
            settings.fingerprint.properties.clear();
            settings.on_reuse = OnReuse::Report;
            settings.on_unreadable = OnUnreadable::StartAnew;
        });
        Self {
            faults: Schedule::default(),
            log: Log::default(),
            store,
            looking: Context::new(looking.unwrap_or_else(|_| config.clone())),
            context: Context::new(config).clocked(clock.reader()),
            memory: None,
            clock,
        }
    }

    pub(crate) fn config(&self) -> &SessionConfig {
        self.context.config()
    }

    /// Puts the faults and the watch in front of a store.
    pub(crate) fn guarded<S>(&self, store: S) -> Watched<Faulty<S>> {
        Watched::new(Faulty::new(store, self.faults.clone()), self.log.clone())
    }

    /// The sessions that the application gets.
    pub(crate) fn sessions(&self) -> Sessions<impl Store + use<>> {
        Sessions::with_context(self.guarded(self.store.clone()), Arc::clone(&self.context))
    }

    /// Looks at the session that these cookies open.
    pub(crate) async fn look(&self, cookies: Option<&str>) -> Look {
        let Some(cookies) = cookies else { return Look::new(None) };
        let sessions = Sessions::with_context(self.store.clone(), Arc::clone(&self.looking));
        let visit = Visit::new().cookie(cookies.as_bytes()).passive();
        Look::new(sessions.open(&visit, self.clock.now()).await.ok())
    }

    /// Changes the session that the visit opens, at this time, and returns the `Set-Cookie` header of it.
    pub(crate) async fn arrange(
        &self,
        visit: &Visit<'_>,
        at: Timestamp,
        change: impl FnOnce(&OpenSession) -> Result<(), SessionError>,
    ) -> Result<Option<String>, SessionError> {
        let sessions = Sessions::with_context(self.store.clone(), self.context.clocked(move || at));
        let session = sessions.open(visit, at).await?;
        change(&session)?;
        let settled = sessions.save(&session, at).await?;
        Ok(settled.cookie.header(&self.config().cookie).map(|header| header.to_string()))
    }
}
