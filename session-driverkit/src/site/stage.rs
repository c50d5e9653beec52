use std::{
    fmt,
    net::TcpListener,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use session_core::{SessionConfig, config::Settings};

use super::Site;
use crate::{
    Fixture, KitStore, Setup,
    case::{Checked, Seen},
    time::Time,
};

/// Where a case finds the driver.
#[derive(Clone)]
pub(crate) struct Stage {
    fixture: Arc<dyn Fixture>,
    /// How long something that must happen is waited for.
    pub(crate) patience: Duration,
}

impl Stage {
    pub(crate) fn new(fixture: Arc<dyn Fixture>, patience: Duration) -> Self {
        Self { fixture, patience }
    }

    pub(crate) fn fixture(&self) -> &dyn Fixture {
        &*self.fixture
    }

    /// A server with the usual settings.
    pub(crate) fn site(&self) -> Checked<Site> {
        self.site_with(|_| {})
    }

    /// A server with other settings. The idle time is five minutes.
    pub(crate) fn site_with(&self, change: impl FnOnce(&mut Settings)) -> Checked<Site> {
        let failed =
            |error: &dyn fmt::Display| Seen::Unserved(format!("the server was not started: {error}"));
        let config = SessionConfig::with(|settings| {
            // Chance would add calls of the store.
            settings.sweep_one_in = 0;
            change(settings);
        })
        .map_err(|error| failed(&error))?;
        let time = Time::new();
        let store = KitStore::new(time.store().map_err(|error| failed(&error))?);
        let setup = Setup { store, config, time };
        let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| failed(&error))?;
        let address = listener.local_addr().map_err(|error| failed(&error))?;
        let serve = AssertUnwindSafe(|| self.fixture.serve(setup.clone(), listener));
        let guard = match catch_unwind(serve) {
            Ok(served) => served.map_err(|error| failed(&error))?,
            Err(panic) => return Err(failed(&session_testkit::frame::describe(panic.as_ref()))),
        };
        Ok(Site::new(setup, address, guard, self.patience))
    }
}

impl fmt::Debug for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stage").field("driver", &self.fixture.name()).finish_non_exhaustive()
    }
}
