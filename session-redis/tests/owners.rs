//! Owners of very many sessions, and owners whose index was deleted.

#![cfg(feature = "blocking")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

use std::{
    collections::BTreeSet,
    num::NonZeroU32,
    time::{Duration, SystemTime},
};

use session_core::{
    SessionConfig, Timestamp, Visit,
    blocking::Sessions,
    cookie::SetCookie,
    id::{Digest, Family, StoreKey},
    store::{BlockingStore as _, Cursor, Page, Revision, Write},
};
use session_redis::blocking::RedisStore;
use session_testservers::RedisServer;

const MANY: u32 = 10_000;
const REVISION: Revision = Revision::from_bytes([7; 16]);

fn digest(number: u32) -> Digest {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    Digest::from_bytes(bytes)
}

/// So many sessions of one owner, in as many threads as keep the server busy.
fn fill(store: &RedisStore, family: Family) {
    let create = |number| {
        let write = Write { next: REVISION, data: b"data", ttl: Duration::from_hours(1) };
        store.create(&StoreKey { family, digest: digest(number) }, write, None).unwrap();
    };
    std::thread::scope(|scope| {
        for thread in 0..4 {
            scope.spawn(move || (0..MANY).filter(|number| number % 4 == thread).for_each(create));
        }
    });
}

/// How often the server carried out a command since the statistics were reset.
fn calls(server: &RedisServer, command: &str) -> u64 {
    let statistics = server.command(&["INFO", "commandstats"]).unwrap().text();
    let line = statistics.lines().find_map(|line| line.strip_prefix(&format!("cmdstat_{command}:calls=")));
    line.and_then(|line| line.split(',').next()).map_or(0, |calls| calls.parse().unwrap())
}

#[test]
fn ten_thousand_sessions_are_listed_in_pages_and_removed_a_thousand_at_a_time() {
    let server = RedisServer::start().unwrap();
    let store = RedisStore::connect(&server.url()).unwrap();
    let family = Family::of_owner("Ada", None);
    fill(&store, family);

    let (mut seen, mut page, mut last) = (BTreeSet::new(), Page::default(), None::<Cursor>);
    loop {
        let part = store.list(&family, page).unwrap();
        assert!(part.sessions.len() <= 100, "a page of {}", part.sessions.len());
        seen.extend(part.sessions.into_iter().map(|(digest, _)| digest));
        assert!(part.next.is_none() || last.is_none_or(|last| part.next < Some(last)), "the list goes back");
        (last, page.after) = (part.next, part.next);
        if part.next.is_none() {
            break;
        }
    }
    assert_eq!(seen, (0..MANY).map(digest).collect());

    server.command(&["CONFIG", "RESETSTAT"]).unwrap();
    let keep = StoreKey { family, digest: digest(4711) };
    assert_eq!(store.revoke(&family, Some(&keep.digest)).unwrap(), u64::from(MANY) - 1);
    assert_eq!(calls(&server, "evalsha"), 1);
    assert_eq!(calls(&server, "unlink"), 10, "nine times a thousand, and 999");
    assert!(store.load(&keep).unwrap().is_some());
    let left = store.list(&family, Page::first(NonZeroU32::MAX)).unwrap().sessions;
    assert_eq!(left.into_iter().map(|(digest, _)| digest).collect::<Vec<_>>(), [keep.digest]);
    assert_eq!(store.revoke(&family, None).unwrap(), 1);
    // The mark, and nothing else, outlives them.
    assert_eq!(server.command(&["DBSIZE"]).unwrap().text(), "1");
}

/// A browser of Ada's.
#[derive(Default)]
struct Browser(Vec<u8>);

impl Browser {
    fn request(
        &mut self,
        sessions: &Sessions<RedisStore>,
        now: Timestamp,
        act: impl FnOnce(&session_core::OpenSession),
    ) -> bool {
        let session = sessions.open(&Visit::new().cookie(&self.0), now).unwrap();
        let was_signed_in = session.owner().is_some();
        act(&session);
        let settled = sessions.save(&session, now).unwrap();
        if let SetCookie::Set { id, .. } = &settled.cookie {
            let name = &sessions.context().config().cookie.name;
            self.0 = format!("{name}={}", id.expose().as_str()).into_bytes();
        }
        was_signed_in
    }
}

#[test]
fn a_deleted_index_keeps_nobody_signed_in_and_is_filled_again_by_use() {
    let server = RedisServer::start().unwrap();
    let now = Timestamp::from(SystemTime::now());
    let sessions = Sessions::new(RedisStore::connect(&server.url()).unwrap(), SessionConfig::default());
    let mut browsers: [Browser; 4] = Default::default();
    for browser in &mut browsers {
        browser.request(&sessions, now, |session| session.login("Ada").unwrap());
    }
    let lose_index = || {
        let index = server.command(&["KEYS", "*i"]).unwrap().text();
        assert_eq!(server.command(&["DEL", index.trim()]).unwrap().text(), "1", "{index}");
    };
    let listed = || sessions.of("Ada", now).unwrap().len();
    assert_eq!(listed(), 4);
    lose_index();
    assert_eq!(listed(), 0);

    let [writer, reader, newcomer, idle] = &mut browsers;
    assert!(writer.request(&sessions, now, |session| session.set("key", 1).unwrap()));
    assert_eq!(listed(), 1, "a write puts its session back");
    // As if all had been left alone for a while.
    for key in server.command(&["KEYS", "*s:*"]).unwrap().text().lines() {
        server.command(&["PEXPIRE", key.trim(), "200000"]).unwrap();
    }
    assert!(reader.request(&sessions, now, |session| assert!(session.is_empty())));
    assert_eq!(listed(), 2, "a read that moves the deadline puts its session back");
    newcomer.request(&sessions, now, |session| session.login("Ada").unwrap());
    assert_eq!(listed(), 3, "a sign-in puts its session back");
    // Whatever the list says: it is the mark that ends them.
    sessions.end_all("Ada").unwrap();
    for browser in [writer, reader, newcomer, idle] {
        assert!(!browser.request(&sessions, now, |_| {}), "a session outlived the end of all");
    }
    assert_eq!(listed(), 0);
}
