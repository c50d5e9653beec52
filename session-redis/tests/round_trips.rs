//! How often a request goes to the server, as the server counts it (`INFO`), through the drivers that applications use.

#![cfg(all(feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, reason = "test code")]

use std::collections::BTreeMap;

use session_core::{
    OpenSession, SessionConfig, Sessions, Timestamp, Visit, blocking::Sessions as BlockingSessions,
    cookie::SetCookie,
};
use session_redis::{RedisStore, blocking};
use session_testservers::RedisServer;

/// An application as one of the two drivers runs it, and the one browser that visits it.
struct Site {
    server: RedisServer,
    driver: Driver,
    cookie: Vec<u8>,
    now: Timestamp,
}

enum Driver {
    Nonblocking(tokio::runtime::Runtime, Sessions<RedisStore>),
    Blocking(BlockingSessions<blocking::RedisStore>),
}

impl Site {
    fn new(is_blocking: bool) -> Self {
        let server = RedisServer::start().unwrap();
        let config = SessionConfig::default();
        let driver = if is_blocking {
            let store = blocking::RedisStore::connect(&server.url()).unwrap();
            Driver::Blocking(BlockingSessions::new(store, config))
        } else {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
            let store = RedisStore::connect(&server.url()).unwrap();
            Driver::Nonblocking(runtime.unwrap(), Sessions::new(store, config))
        };
        Self { server, driver, cookie: Vec::new(), now: Timestamp::from_millis(1_700_000_000_000) }
    }

    /// One request of the browser's.
    fn request(&mut self, handler: impl FnOnce(&OpenSession)) {
        let visit = Visit::new().cookie(&self.cookie);
        let (name, settled) = match &self.driver {
            Driver::Nonblocking(runtime, sessions) => runtime.block_on(async {
                let session = sessions.open(&visit, self.now).await.unwrap();
                handler(&session);
                (&sessions.context().config().cookie.name, sessions.save(&session, self.now).await.unwrap())
            }),
            Driver::Blocking(sessions) => {
                let session = sessions.open(&visit, self.now).unwrap();
                handler(&session);
                (&sessions.context().config().cookie.name, sessions.save(&session, self.now).unwrap())
            }
        };
        match &settled.cookie {
            SetCookie::Set { id, .. } => {
                self.cookie = format!("{name}={}", id.expose().as_str()).into_bytes();
            }
            SetCookie::Remove => self.cookie.clear(),
            SetCookie::Keep => {}
        }
    }

    /// What one request costs: how often the server read from a connection, and the commands it was sent.
    fn cost(&mut self, handler: impl FnOnce(&OpenSession)) -> (u64, String) {
        let (commands, reads) = (self.commands(), self.reads());
        let asking = self.reads() - reads;
        self.request(handler);
        // Asking for one figure is what was just measured, for the other too.
        let reads = self.reads() - reads - 2 * asking;
        let difference = self.commands().into_iter().filter_map(|(name, calls)| {
            let new = calls - commands.get(&name).copied().unwrap_or(0);
            (new > 0).then(|| format!("{new} {name}"))
        });
        (reads, difference.collect::<Vec<_>>().join(", "))
    }

    /// Lets a third of the idle time of all sessions pass.
    fn grow_old(&self) {
        for name in self.server.command(&["KEYS", "*s:*"]).unwrap().text().lines() {
            self.server.command(&["PEXPIRE", name, "200000"]).unwrap();
        }
    }

    /// Whether the server has `SET … IFEQ`, so that no script commits an anonymous session that was just loaded.
    fn swaps(&self) -> bool {
        self.server.command(&["SET", "probe", "1", "IFEQ", "0"]).is_ok()
    }

    fn reads(&self) -> u64 {
        let info = self.server.command(&["INFO", "stats"]).unwrap().text();
        let count = info.lines().find_map(|line| line.strip_prefix("total_reads_processed:"));
        count.unwrap().trim().parse().unwrap()
    }

    /// The commands that sessions are made of and scripts do not call, and how often each was called.
    fn commands(&self) -> BTreeMap<String, u64> {
        let info = self.server.command(&["INFO", "commandstats"]).unwrap().text();
        let counted = info.lines().filter_map(|line| {
            let (name, rest) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
            let calls = rest.split_once(',')?.0.parse().ok()?;
            (name != "info").then(|| (name.to_owned(), calls))
        });
        counted.collect()
    }
}

fn read(session: &OpenSession) {
    let _: Option<u32> = session.get("n").unwrap();
}

fn write(session: &OpenSession) {
    session.update("n", |n: &mut u32| *n += 1).unwrap();
}

fn rotate(session: &OpenSession) {
    session.rotate().unwrap();
}

fn costs_what_it_should(is_blocking: bool) {
    let site = &mut Site::new(is_blocking);
    let swaps = site.swaps();
    // The connection, and the scripts that the server has to learn.
    site.request(write);
    for handler in [write, rotate, |session: &OpenSession| session.login("ada").unwrap(), write, rotate] {
        site.request(handler);
    }
    site.grow_old();
    site.request(read);
    site.request(OpenSession::destroy);
    site.cookie.clear();

    let cost = |reads, commands: &str| (reads, commands.to_owned());
    assert_eq!(site.cost(read), cost(0, ""), "a new user who only looks");
    assert_eq!(site.cost(write), cost(1, "1 set"), "a new user who is remembered");
    assert_eq!(site.cost(read), cost(1, "1 get, 1 pttl"));
    assert_eq!(site.cost(|_| ()), cost(1, "1 get, 1 pttl"));
    let written = if swaps { "1 get, 1 pttl, 1 set" } else { "1 evalsha, 1 get, 1 getrange, 1 pttl, 1 set" };
    assert_eq!(site.cost(write), cost(2, written));
    let rotated = "1 evalsha, 1 exists, 1 get, 2 getrange, 1 pttl, 2 set";
    assert_eq!(site.cost(rotate), cost(2, rotated));

    let (reads, _) = site.cost(|session| session.login("ada").unwrap());
    assert_eq!(reads, 3, "signing in reads, makes the owner's session and ends the anonymous one");
    assert_eq!(site.cost(read), cost(1, "2 get, 1 pttl"));
    assert_eq!(site.cost(write).0, 2);
    assert_eq!(site.cost(rotate).0, 2);
    site.grow_old();
    assert_eq!(site.cost(read).0, 2, "a tenth of the idle time is over");
    assert_eq!(site.cost(read).0, 1);
    assert_eq!(site.cost(OpenSession::destroy).0, 2);
    assert_eq!(site.server.command(&["SCRIPT", "FLUSH"]).unwrap().text(), "OK");
    assert_eq!(site.cost(write).0, 1, "a new user again");
    assert_eq!(site.cost(write).0, if swaps { 2 } else { 3 }, "the server has forgotten the script");
}

#[test]
fn asynchronously() {
    costs_what_it_should(false);
}

#[test]
fn blocking() {
    costs_what_it_should(true);
}
