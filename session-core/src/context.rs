use std::{fmt, sync::Arc};

use crate::{
    config::SessionConfig,
    id::{Entropy, Generator},
    observe::Observer,
};

/// What all sessions of an application share: the configuration, the source of entropy and the observer.
pub struct Context {
    config: SessionConfig,
    entropy: Arc<dyn Entropy>,
    observer: Option<Observer>,
}

impl Context {
    /// Makes a context with the [`Generator`] as the source of entropy.
    #[must_use]
    pub fn new(config: SessionConfig) -> Arc<Self> {
        Self::with_entropy(config, Generator)
    }

    /// Makes a context with another source of entropy, such as a reproducible one for tests.
    #[must_use]
    pub fn with_entropy(config: SessionConfig, entropy: impl Entropy + 'static) -> Arc<Self> {
        Arc::new(Self { config, entropy: Arc::new(entropy), observer: None })
    }

    /// Returns a copy that tells this observer what happens to the sessions.
    #[must_use]
    pub fn observed(&self, observer: Observer) -> Arc<Self> {
        let entropy = Arc::clone(&self.entropy);
        Arc::new(Self { config: self.config.clone(), entropy, observer: Some(observer) })
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
