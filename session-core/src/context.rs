use std::{fmt, sync::Arc};

use crate::{
    Timestamp,
    config::SessionConfig,
    id::{Entropy, Generator},
    observe::Observer,
};

/// What all sessions of an application share: the configuration, the source of entropy and the observer.
pub struct Context {
    config: SessionConfig,
    entropy: Arc<dyn Entropy>,
    observer: Option<Observer>,
    clock: Option<Arc<Clock>>,
}

type Clock = dyn Fn() -> Timestamp + Send + Sync;

impl Context {
    /// Makes a context with the [`Generator`] as the source of entropy.
    #[must_use]
    pub fn new(config: SessionConfig) -> Arc<Self> {
        Self::with_entropy(config, Generator)
    }

    /// Makes a context with another source of entropy, such as a reproducible one for tests.
    #[must_use]
    pub fn with_entropy(config: SessionConfig, entropy: impl Entropy + 'static) -> Arc<Self> {
        Arc::new(Self { config, entropy: Arc::new(entropy), observer: None, clock: None })
    }

    /// Returns a copy that tells this observer what happens to the sessions.
    #[must_use]
    pub fn observed(&self, observer: Observer) -> Arc<Self> {
        Arc::new(Self { observer: Some(observer), ..self.copy() })
    }

    /// Returns a copy with a clock, for sessions that outlive the request that opened them, such as that of a websocket:
    /// tokens, sign-ins and [`require_fresh`](crate::OpenSession::require_fresh) then take the time of the moment. Without a
    /// clock they take the time of the last call of the driver.
    #[must_use]
    pub fn clocked(&self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { clock: Some(Arc::new(clock)), ..self.copy() })
    }

    fn copy(&self) -> Self {
        let Self { config, entropy, observer, clock } = self;
        let (config, entropy) = (config.clone(), Arc::clone(entropy));
        Self { config, entropy, observer: observer.clone(), clock: clock.clone() }
    }

    /// Returns the time of the [clock](Self::clocked). `None` without one.
    #[must_use]
    pub fn time(&self) -> Option<Timestamp> {
        self.clock.as_ref().map(|clock| clock())
    }

    /// Returns the configuration.
    #[must_use]
    pub const fn config(&self) -> &SessionConfig {
        &self.config
    }

    /// Returns the source of entropy.
    #[must_use]
    pub fn entropy(&self) -> &dyn Entropy {
        &*self.entropy
    }

    /// Calls `tell` if there is an observer.
    pub(crate) fn observe(&self, tell: impl FnOnce(&Observer)) {
        if let Some(observer) = &self.observer {
            tell(observer);
        }
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("config", &self.config).finish_non_exhaustive()
    }
}
