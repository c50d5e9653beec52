use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard},
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use session_core::{Sessions, Timestamp, store::AnyStore};
use session_driverkit::Setup;

use crate::flaw::Flaw;

/// A driver straight on the core, as an author of an integration would begin it, with a flaw.
pub(crate) struct Driver {
    pub(crate) sessions: Sessions<AnyStore>,
    pub(crate) flaw: Flaw,
    clock: Box<dyn Fn() -> Timestamp + Send + Sync>,
    kept: Mutex<Kept>,
    /// For a driver that locks sessions.
    pub(crate) one: tokio::sync::Mutex<()>,
}

/// What a driver with a flaw keeps between requests, and must not.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) cookie: Option<String>,
    pub(crate) set_cookie: Option<String>,
    pub(crate) pages: HashMap<String, (StatusCode, HeaderMap, Bytes)>,
    /// The value that a cookie stands for.
    pub(crate) aliases: HashMap<String, String>,
    pub(crate) tokens: HashSet<String>,
}

impl Driver {
    pub(crate) fn new(setup: &Setup, flaw: Flaw) -> Self {
        let clock = setup.clock();
        let (start, began) = (clock(), SystemTime::now());
        let system = move || start.after(began.elapsed().unwrap_or(Duration::ZERO));
        let config = match flaw {
            Flaw::NoReplay => setup.config().change(|settings| settings.conflict_retries = 0).unwrap(),
            _ => setup.config(),
        };
        let clock: Box<dyn Fn() -> Timestamp + Send + Sync> = match flaw {
            Flaw::ClockStands => Box::new(move || start),
            Flaw::ClockIsTheSystems => Box::new(system),
            _ => Box::new(clock),
        };
        let context = session_core::Context::new(config);
        let sessions = match flaw {
            Flaw::ClockStands | Flaw::ClockIsTheSystems => Sessions::with_context(setup.store(), context),
            _ => Sessions::with_context(setup.store(), context.clocked(setup.clock())),
        };
        Self {
            sessions: sessions.erased(),
            flaw,
            clock,
            kept: Mutex::default(),
            one: tokio::sync::Mutex::default(),
        }
    }

    pub(crate) fn is(&self, flaw: Flaw) -> bool {
        self.flaw == flaw
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(crate) fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap()
    }

    /// The name of the header that may carry an id, in lower case.
    pub(crate) fn id_header(&self) -> Option<String> {
        let configured =
            self.sessions.context().config().id_header.as_ref().map(|name| name.to_ascii_lowercase());
        configured.or_else(|| self.is(Flaw::TheHeaderIsAlwaysKnown).then(|| "x-session-id".to_owned()))
    }

    /// The name of the session's cookie.
    pub(crate) fn cookie(&self) -> &str {
        &self.sessions.context().config().cookie.name
    }
}
