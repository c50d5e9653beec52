//! What a server that is full to the brim refuses, and what passes: every operation, for both kinds of session.
//!
//! `SESSION_TEST_REDIS_SERVER` names the program of another version.

#![cfg(all(feature = "tokio", feature = "blocking"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "test code that prints its table"
)]

use std::{
    fmt::Debug,
    num::NonZeroU32,
    time::{Duration, SystemTime},
};

use session_core::{
    OpenSession, SessionConfig, SessionError, Timestamp, Visit,
    blocking::Sessions,
    cookie::SetCookie,
    exchange::{Saved, Settled},
    id::{Digest, Family, StoreKey},
    store::{
        Applied, BlockingStore as _, Cap, OnFull, Page, Revision, Store as _, StoreError, StoreErrorKind,
        Write,
    },
};
use session_redis::{RedisStore, blocking};
use session_testservers::RedisServer;

const OLD: Revision = Revision::from_bytes([1; 16]);
const NEXT: Revision = Revision::from_bytes([2; 16]);
const TTL: Duration = Duration::from_hours(1);

fn anonymous(byte: u8) -> StoreKey {
    let digest = Digest::from_bytes([byte; 32]);
    // The sessions of one family, so that one can become the other.
    StoreKey { family: Family::anonymous(&Digest::from_bytes([0; 32])), digest }
}

fn owned(byte: u8) -> StoreKey {
    StoreKey { family: Family::of_owner("ada", None), digest: Digest::from_bytes([byte; 32]) }
}

const fn write(next: Revision) -> Write<'static> {
    Write { next, data: b"data", ttl: TTL }
}

fn tombstone() -> Option<Write<'static>> {
    Some(Write { next: Revision::from_bytes([3; 16]), data: b"moved", ttl: Duration::from_secs(60) })
}

fn fill(server: &RedisServer, is_full: bool) {
    server.command(&["CONFIG", "SET", "maxmemory", if is_full { "1" } else { "0" }]).unwrap();
}

struct Site {
    server: RedisServer,
    store: blocking::RedisStore,
    nonblocking: RedisStore,
    runtime: tokio::runtime::Runtime,
}

/// The key of a session with this number.
type KeyOf = fn(u8) -> StoreKey;

/// One operation, through one of the APIs. The result is what it answered.
type Act = fn(&Site, KeyOf) -> Result<String, StoreError>;

fn told<T: Debug>(outcome: Result<T, StoreError>) -> Result<String, StoreError> {
    outcome.map(|outcome| format!("{outcome:?}").split([' ', '(']).next().unwrap_or_default().to_owned())
}

const fn cap(on_full: OnFull) -> Option<Cap> {
    Some(Cap { max: NonZeroU32::MIN.saturating_add(1), on_full })
}

/// The operation, what it answers for an anonymous session, and for an owner's. `None`: it is refused and changes nothing.
const TABLE: [(&str, Option<&str>, Option<&str>, Act); 17] = [
    ("create", None, None, |site, key| told(site.store.create(&key(9), write(NEXT), None))),
    ("create, asynchronously", None, None, |site, key| {
        told(site.runtime.block_on(site.nonblocking.create(&key(9), write(NEXT), None)))
    }),
    ("create at a cap", None, None, |site, key| {
        told(site.store.create(&key(9), write(NEXT), cap(OnFull::EvictOldest)))
    }),
    ("create at a cap that refuses", None, Some("Full"), |site, key| {
        told(site.store.create(&key(9), write(NEXT), cap(OnFull::Refuse)))
    }),
    // An anonymous session is stored by one `SET`, which is refused before it looks.
    ("create once more", None, Some("Created"), |site, key| {
        told(site.store.create(&key(1), write(OLD), None))
    }),
    ("commit", None, None, |site, key| told(site.store.commit(&key(1), OLD, write(NEXT)))),
    ("rotate", None, None, |site, key| told(site.store.rotate(&key(1), OLD, &key(9), write(NEXT), None))),
    ("rotate with tombstone", None, None, |site, key| {
        told(site.store.rotate(&key(1), OLD, &key(9), write(NEXT), tombstone()))
    }),
    ("touch", Some("Touched"), Some("Touched"), |site, key| told(site.store.touch(&key(1), OLD, 2 * TTL))),
    ("delete", Some("Deleted"), Some("Deleted"), |site, key| {
        told(site.store.delete(&key(1), Some(OLD), None))
    }),
    ("delete with tombstone", Some("Deleted"), Some("Deleted"), |site, key| {
        told(site.store.delete(&key(1), Some(OLD), tombstone()))
    }),
    ("delete with tombstone, asynchronously", Some("Deleted"), Some("Deleted"), |site, key| {
        told(site.runtime.block_on(site.nonblocking.delete(&key(1), None, tombstone())))
    }),
    ("load", Some("Some"), Some("Some"), |site, key| told(site.store.load(&key(1)))),
    ("list", Some("0"), Some("2"), |site, key| {
        told(site.store.list(&key(1).family, Page::default()).map(|listed| listed.sessions.len()))
    }),
    ("revoke", Some("0"), Some("2"), |site, key| told(site.store.revoke(&key(1).family, None))),
    ("revoke all others", Some("0"), Some("1"), |site, key| {
        told(site.store.revoke(&key(1).family, Some(&key(1).digest)))
    }),
    ("revoke, asynchronously", Some("0"), Some("2"), |site, key| {
        told(site.runtime.block_on(site.nonblocking.revoke(&key(1).family, None)))
    }),
];

impl Site {
    fn new() -> Self {
        let server = RedisServer::start().unwrap();
        let store = blocking::RedisStore::connect(&server.url()).unwrap();
        let nonblocking = RedisStore::connect(&server.url()).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        Self { server, store, nonblocking, runtime: runtime.unwrap() }
    }

    /// All that the server holds.
    fn everything(&self) -> Vec<(String, String)> {
        let keys = self.server.command(&["KEYS", "*"]).unwrap().text();
        let value = |key: &str| match key.ends_with('i') {
            true => self.server.command(&["ZRANGE", key, "0", "-1", "WITHSCORES"]).unwrap().text(),
            false => self.server.command(&["GET", key]).unwrap().text(),
        };
        let mut all: Vec<_> = keys.lines().map(|key| (key.to_owned(), value(key))).collect();
        all.sort();
        all
    }
}

#[test]
fn each_operation_is_refused_or_passes_as_decided() {
    let site = Site::new();
    println!("{}", site.server.command(&["INFO", "server"]).unwrap().text().lines().nth(1).unwrap());
    let kinds: [(&str, KeyOf); 2] = [("anonymous", anonymous), ("owned", owned)];
    for (name, for_anonymous, for_owned, act) in TABLE {
        for ((kind, key), expected) in kinds.into_iter().zip([for_anonymous, for_owned]) {
            site.server.command(&["FLUSHALL"]).unwrap();
            for number in 1..3 {
                site.store.create(&key(number), write(OLD), None).unwrap();
            }
            let before = site.everything();
            fill(&site.server, true);
            let answer = act(&site, key);
            fill(&site.server, false);
            println!("{name:38} {kind:10} {}", answer.as_ref().map_or("refused", |answer| answer));
            match (answer, expected) {
                (Err(error), None) => {
                    assert_eq!(
                        (error.kind(), error.applied()),
                        (StoreErrorKind::OutOfSpace, Applied::No),
                        "{error:?}"
                    );
                    assert_eq!(site.everything(), before, "{name}, {kind}");
                }
                (answer, expected) => assert_eq!(answer.ok().as_deref(), expected, "{name}, {kind}"),
            }
        }
    }
}

/// A browser, and what it is told of the last request.
#[derive(Default)]
struct Browser(Vec<u8>);

type Handler = fn(&OpenSession);

impl Browser {
    fn request(
        &mut self,
        sessions: &Sessions<blocking::RedisStore>,
        handler: Handler,
    ) -> Result<Settled, SessionError> {
        let now = Timestamp::from(SystemTime::now());
        let session = sessions.open(&Visit::new().cookie(&self.0), now).unwrap();
        handler(&session);
        let settled = sessions.save(&session, now)?;
        match &settled.cookie {
            SetCookie::Set { id, .. } => {
                let name = &sessions.context().config().cookie.name;
                self.0 = format!("{name}={}", id.expose().as_str()).into_bytes();
            }
            SetCookie::Remove => self.0.clear(),
            SetCookie::Keep => {}
        }
        Ok(settled)
    }

    fn owner(&self, sessions: &Sessions<blocking::RedisStore>) -> Option<String> {
        let now = Timestamp::from(SystemTime::now());
        let session = sessions.open(&Visit::new().cookie(&self.0), now).unwrap();
        session.owner().map(|owner| owner.to_string())
    }
}

fn sign_in(session: &OpenSession) {
    session.login("ada").unwrap();
}

#[test]
fn on_a_full_server_people_stay_signed_in_and_can_sign_out() {
    let server = RedisServer::start().unwrap();
    let store = blocking::RedisStore::connect(&server.url()).unwrap();
    let config =
        SessionConfig::with(|settings| settings.max_sessions = Some(NonZeroU32::new(3).unwrap())).unwrap();
    let sessions = Sessions::new(store, config);
    let begin = |handlers: &[Handler]| {
        fill(&server, false);
        let mut browser = Browser::default();
        for handler in handlers {
            browser.request(&sessions, *handler).unwrap();
        }
        browser
    };
    let visit: Handler = |session| session.set("cart", 1).unwrap();
    let listed = || sessions.of("ada", Timestamp::from(SystemTime::now())).unwrap().len();

    // Nobody signs in, and nobody is signed out for it.
    let devices = [(); 3].map(|()| begin(&[sign_in]));
    for handlers in [&[][..], &[visit]] {
        let mut fourth = begin(handlers);
        fill(&server, true);
        let error = fourth.request(&sessions, sign_in).unwrap_err();
        let SessionError::Store(error) = &error else { panic!("{error:?}") };
        assert_eq!((error.kind(), error.applied()), (StoreErrorKind::OutOfSpace, Applied::No));
        assert_eq!(fourth.owner(&sessions), None);
        for device in &devices {
            assert_eq!(device.owner(&sessions).as_deref(), Some("ada"), "a device was signed out");
        }
        assert_eq!(listed(), 3);
        assert!(fourth.request(&sessions, |_| {}).is_ok(), "its own session is as it was");
    }

    // Whoever signs out is signed out, whatever is set afterwards.
    let ends: [Handler; 4] = [
        |session| session.logout().unwrap(),
        |session| {
            session.logout().unwrap();
            session.flash("info", "good bye").unwrap();
        },
        |session| {
            session.logout().unwrap();
            session.set("theme", "dark").unwrap();
        },
        OpenSession::destroy,
    ];
    for end in ends {
        let mut browser = begin(&[sign_in]);
        let stolen = Browser(browser.0.clone());
        fill(&server, true);
        assert_eq!(browser.request(&sessions, end).unwrap().saved, Saved::Ended);
        assert_eq!((stolen.owner(&sessions), browser.owner(&sessions)), (None, None));
    }

    // All at once.
    let [one, two] = [(); 2].map(|()| begin(&[sign_in]));
    fill(&server, true);
    assert!(sessions.end_all("ada").unwrap() >= 2);
    assert_eq!((one.owner(&sessions), two.owner(&sessions), listed()), (None, None, 0));
}

#[test]
fn sign_ins_do_not_fill_a_server_beyond_its_limit() {
    let server = RedisServer::start().unwrap();
    let store = blocking::RedisStore::connect(&server.url()).unwrap();
    let used = || {
        let info = server.command(&["INFO", "memory"]).unwrap().text();
        let used = info.lines().find_map(|line| line.strip_prefix("used_memory:")).unwrap().trim().to_owned();
        used.parse::<u64>().unwrap()
    };
    let limit = used() + 4_000_000;
    server.command(&["CONFIG", "SET", "maxmemory", &limit.to_string()]).unwrap();
    let data = vec![7; 64_000];
    let created = (0..255).take_while(|number| {
        let write = Write { next: NEXT, data: &data, ttl: TTL };
        match store.create(&owned(*number), write, None) {
            Ok(_) => true,
            Err(error) => {
                assert_eq!(error.kind(), StoreErrorKind::OutOfSpace, "{error:?}");
                false
            }
        }
    });
    let created = created.count();
    println!("{created} sign-ins of 64 kB, then {} bytes of {limit} are used", used());
    assert!((10..100).contains(&created), "{created}");
    assert!(used() < limit + 500_000);
}
