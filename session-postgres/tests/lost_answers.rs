//! A write whose answer is lost is applied once, whatever the store and the core do then.

#![cfg(all(feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use std::time::SystemTime;

use session_core::{
    OpenSession, SessionConfig, SessionError, Sessions, Timestamp, Visit,
    blocking::Sessions as BlockingSessions, cookie::SetCookie, exchange::Settled,
};
use session_postgres::{Builder, PostgresStore, Schema, blocking};
use session_testservers::{
    Postgres,
    proxy::{Direction, Mode, Proxy},
};
use support::pair::patient;
use tokio::runtime::Runtime;

/// A site through one of the two APIs.
enum Site {
    Nonblocking(Runtime, Sessions<PostgresStore>),
    Blocking(BlockingSessions<blocking::PostgresStore>),
}

impl Site {
    fn both(builder: &Builder) -> [Self; 2] {
        let config = SessionConfig::with(|settings| settings.sweep_one_in = 0).unwrap();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        [
            Self::Nonblocking(runtime, Sessions::new(builder.clone().build().unwrap(), config.clone())),
            Self::Blocking(BlockingSessions::new(builder.clone().build_blocking().unwrap(), config)),
        ]
    }

    fn open(&self, cookie: &str) -> OpenSession {
        let (visit, now) = (Visit::new().cookie(cookie.as_bytes()), Timestamp::from(SystemTime::now()));
        match self {
            Self::Nonblocking(runtime, sessions) => runtime.block_on(sessions.open(&visit, now)),
            Self::Blocking(sessions) => sessions.open(&visit, now),
        }
        .unwrap()
    }

    fn save(&self, session: &OpenSession) -> Result<Settled, SessionError> {
        let now = Timestamp::from(SystemTime::now());
        match self {
            Self::Nonblocking(runtime, sessions) => runtime.block_on(sessions.save(session, now)),
            Self::Blocking(sessions) => sessions.save(session, now),
        }
    }

    /// A session that was saved once, as the value of the header `Cookie`.
    fn begin(&self) -> String {
        let session = self.open("");
        count(&session);
        match self.save(&session).unwrap().cookie {
            SetCookie::Set { id, .. } => format!("AloSession={}", id.expose().as_str()),
            _ => panic!("no cookie"),
        }
    }
}

fn count(session: &OpenSession) {
    session.update("n", |n: &mut u32| *n += 1).unwrap();
}

fn n(site: &Site, cookie: &str) -> Option<u32> {
    site.open(cookie).get("n").unwrap()
}

/// The server does what it is asked, and the first byte of its answer cuts the connection.
#[test]
fn a_write_whose_answer_is_cut_off_is_applied_once() {
    let server = Postgres::start().unwrap();
    server.sql(&Schema::new("alo_session").unwrap().create_table()).unwrap();
    let proxy = Proxy::start(server.address()).unwrap();
    let url = server.url().replacen(&server.address().to_string(), &proxy.address().to_string(), 1);
    for parameters in ["?pool-size=1", "?pool-size=1&prepared=never"] {
        for site in Site::both(&patient(&format!("{url}{parameters}"))) {
            let cookie = site.begin();
            // The statement of the next save is prepared.
            let session = site.open(&cookie);
            session.set("prepared", true).unwrap();
            site.save(&session).unwrap();
            for wanted in 2..5 {
                let session = site.open(&cookie);
                count(&session);
                proxy.set(Mode::CutAfter { direction: Direction::ToClient, bytes: 0 });
                site.save(&session).unwrap();
                assert_eq!(proxy.mode(), Mode::Pass, "an answer was lost");
                assert_eq!(n(&site, &cookie), Some(wanted), "{parameters}");
            }
        }
    }
}

/// The answers come when the store has given up, and the session is saved again.
#[test]
fn a_write_whose_answer_is_late_is_applied_once() {
    let server = Postgres::start().unwrap();
    server.sql(&Schema::new("alo_session").unwrap().create_table()).unwrap();
    let proxy = Proxy::start(server.address()).unwrap();
    let url = server.url().replacen(&server.address().to_string(), &proxy.address().to_string(), 1);
    let patience = std::time::Duration::from_millis(300);
    for parameters in ["?pool-size=1", "?pool-size=1&prepared=never"] {
        let builder = patient(&format!("{url}{parameters}")).response_timeout(patience).budget(3 * patience);
        for site in Site::both(&builder) {
            let patient = Site::both(&patient(&server.url()));
            let cookie = patient.first().unwrap().begin();
            proxy.set(Mode::Pass);
            let session = loop {
                // On a busy machine even this may take longer than the patience.
                let visit = Visit::new().cookie(cookie.as_bytes());
                let now = Timestamp::from(SystemTime::now());
                let opened = match &site {
                    Site::Nonblocking(runtime, sessions) => runtime.block_on(sessions.open(&visit, now)),
                    Site::Blocking(sessions) => sessions.open(&visit, now),
                };
                if let Ok(session) = opened {
                    break session;
                }
            };
            count(&session);
            proxy.set(Mode::HoldReplies);
            let told = site.save(&session);
            assert!(told.is_err(), "{told:?}");
            proxy.set(Mode::Pass);
            while site.save(&session).is_err() {}
            assert_eq!(n(patient.first().unwrap(), &cookie), Some(2), "{parameters}");
        }
    }
}
