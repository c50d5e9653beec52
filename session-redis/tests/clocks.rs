//! A server whose clock steps back, also by a failover to a replica: what was signed in first is still the oldest, and a limit
//! ends just what it says.

#![cfg(feature = "blocking")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

use std::{num::NonZeroU32, time::Duration};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{BlockingStore as _, Cap, CreateOutcome, OnFull, Page, Revision, Write},
};
use session_redis::blocking::RedisStore;
use session_testservers::RedisServer;

/// A microsecond of the year 2096, which is what a clock that was ahead has left behind.
const AHEAD: &str = "4000000000000000";
const FLOOR: &str = "0100000000000000";

struct Site {
    server: RedisServer,
    store: RedisStore,
}

fn family() -> Family {
    Family::of_owner("ada", None)
}

fn key(number: u8) -> StoreKey {
    StoreKey { family: family(), digest: Digest::from_bytes([number; 32]) }
}

impl Site {
    fn create(&self, number: u8, max: Option<u32>) -> Vec<u8> {
        let write =
            Write { next: Revision::from_bytes([7; 16]), data: b"data", ttl: Duration::from_hours(1) };
        let cap = max.map(|max| Cap { max: NonZeroU32::new(max).unwrap(), on_full: OnFull::EvictOldest });
        let CreateOutcome::Created { evicted } = self.store.create(&key(number), write, cap).unwrap() else {
            panic!("not created")
        };
        evicted.iter().map(|digest| digest.as_bytes()[0]).collect()
    }

    fn listed(&self) -> Vec<u8> {
        let listed = self.store.list(&family(), Page::default()).unwrap();
        listed.sessions.iter().map(|(digest, _)| digest.as_bytes()[0]).collect()
    }

    fn alive(&self, numbers: std::ops::Range<u8>) -> Vec<u8> {
        numbers.filter(|number| self.store.load(&key(*number)).unwrap().is_some()).collect()
    }

    fn name(&self, kind: &str) -> String {
        self.server.command(&["KEYS", &format!("*{kind}")]).unwrap().text().trim().to_owned()
    }

    /// The clock was ahead while this owner did something, and is right again.
    fn was_ahead(&self, how: &str) {
        let set = |mark: &str| {
            let value = format!("{mark}{AHEAD}");
            self.server.command(&["SET", &self.name("r"), &value, "PX", "3600000"]).unwrap();
        };
        match how {
            "a session was created and has ended" => set(FLOOR),
            "all sessions were ended" => set(AHEAD),
            "a session was created, and the mark is lost" => {
                set(FLOOR);
                self.create(9, None);
                self.server.command(&["DEL", &self.name("r")]).unwrap();
            }
            "a session was created, and the index is lost" => {
                set(FLOOR);
                self.create(9, None);
                self.server.command(&["DEL", &self.name("i")]).unwrap();
            }
            _ => panic!("{how}"),
        }
    }
}

#[test]
fn stamps_only_grow() {
    for how in [
        "a session was created and has ended",
        "all sessions were ended",
        "a session was created, and the mark is lost",
        "a session was created, and the index is lost",
    ] {
        let server = RedisServer::start().unwrap();
        let store = RedisStore::connect(&server.url()).unwrap();
        let site = Site { server, store };
        site.create(8, None);
        site.was_ahead(how);
        for number in 1..6 {
            site.create(number, None);
        }
        let before = site.listed();
        assert_eq!(before[..5], [5, 4, 3, 2, 1], "{how}");
        // A limit ends the oldest, and just those that it says.
        let mut expected = site.alive(1..10);
        let evicted = site.create(6, Some(4));
        expected.retain(|number| !evicted.contains(number));
        expected.push(6);
        expected.sort_unstable();
        let mut alive = site.alive(1..10);
        if how.ends_with("the index is lost") {
            // What the index does not know cannot be told of, but it is the oldest, so it has ended too.
            expected.retain(|number| *number < 7);
            alive.retain(|number| *number != 9);
        }
        assert_eq!(alive, expected, "{how}");
        assert_eq!(site.listed(), [6, 5, 4, 3], "{how}");

        // The session that is kept is the newest.
        assert_eq!(site.store.revoke(&family(), Some(&key(4).digest)).unwrap(), 3, "{how}");
        assert_eq!(site.alive(1..10), [4], "{how}");
        assert_eq!((site.create(1, Some(2)), site.create(2, Some(2))), (vec![], vec![4]), "{how}");
        assert_eq!(site.alive(1..10), [1, 2], "{how}");
        assert_eq!(site.store.revoke(&family(), None).unwrap(), 2, "{how}");
        assert_eq!((site.alive(1..10), site.listed()), (vec![], vec![]), "{how}");
    }
}
