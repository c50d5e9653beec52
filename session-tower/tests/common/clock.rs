use std::{sync::Arc, time::Duration};

use session_core::{SessionConfig, Timestamp, config::Settings};
use session_memory::{Clock as _, ManualClock, MemoryStore};
use session_tower::SessionLayer;

/// A time that is moved by hand.
#[derive(Debug, Clone, Default)]
pub struct Clock(Arc<ManualClock>);

impl Clock {
    pub fn pass(&self, seconds: u64) {
        self.0.advance(Duration::from_secs(seconds));
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_000_000 + u64::try_from(self.0.now().as_millis()).unwrap())
    }

    /// Returns a layer with a store, both of which have this time. The idle time is ten seconds.
    pub fn layer(&self, change: impl FnOnce(&mut Settings)) -> SessionLayer {
        let (store, layer) = (self.clone(), self.clone());
        let config = SessionConfig::with(|settings| {
            settings.idle = Duration::from_secs(10);
            change(settings);
        });
        let store = MemoryStore::builder().clock(store.0).build().unwrap();
        SessionLayer::new(store, config.unwrap()).clock(move || layer.now())
    }
}
