//! How many statements an operation and a request cost, counted by the server, and what a record may hold.

use std::time::{Duration, SystemTime};

use session_core::{
    OpenSession, SessionConfig, Sessions, Timestamp, Visit,
    blocking::Sessions as BlockingSessions,
    cookie::SetCookie,
    exchange::Settled,
    id::{Digest, Family, StoreKey},
    store::{Applied, BlockingStore, CreateOutcome, Revision, Store, StoreErrorKind, Write},
};
use session_sql::{
    Builder, Dialect as _, Table,
    blocking::{Blocking, SqlStore as BlockingSqlStore},
    nonblocking::{Asynchronous, SqlStore},
};
use tokio::runtime::Runtime;

use crate::{
    Database, Server as _,
    pair::{Pair, patient},
    start,
};

/// The statements and transactions that a server has executed so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// Each execution of a prepared statement.
    pub statements: u64,
    /// Each begin of a transaction.
    pub transactions: u64,
}

impl Count {
    const fn since(self, before: Self) -> (u64, u64) {
        (self.statements - before.statements, self.transactions - before.transactions)
    }
}

/// A site through one of the two drivers.
enum Site<D: Asynchronous + Blocking> {
    Nonblocking(Runtime, Sessions<SqlStore<D>>),
    Blocking(BlockingSessions<BlockingSqlStore<D>>),
}

impl<D: Asynchronous + Blocking> Site<D> {
    fn both(builder: &Builder<D>, config: &SessionConfig) -> [Self; 2] {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let (nonblocking, blocking) = (builder.clone().build(), builder.clone().build_blocking());
        [
            Self::Nonblocking(runtime, Sessions::new(nonblocking.unwrap(), config.clone())),
            Self::Blocking(BlockingSessions::new(blocking.unwrap(), config.clone())),
        ]
    }

    fn open(&self, cookie: Option<&str>, now: Timestamp) -> OpenSession {
        let visit = cookie.map_or_else(Visit::new, |cookie| Visit::new().cookie(cookie.as_bytes()));
        match self {
            Self::Nonblocking(runtime, sessions) => runtime.block_on(sessions.open(&visit, now)).unwrap(),
            Self::Blocking(sessions) => sessions.open(&visit, now).unwrap(),
        }
    }

    fn save(&self, session: &OpenSession, now: Timestamp) -> Settled {
        match self {
            Self::Nonblocking(runtime, sessions) => runtime.block_on(sessions.save(session, now)).unwrap(),
            Self::Blocking(sessions) => sessions.save(session, now).unwrap(),
        }
    }
}

fn cookie(settled: &Settled) -> String {
    let SetCookie::Set { id, .. } = &settled.cookie else { panic!("no cookie") };
    format!("AloSession={}", id.expose().as_str())
}

/// Counts what each kind of request costs at this URL, through both APIs.
pub fn a_request_costs_these_statements<D: Database>(server: &D::Server, url: &str) {
    let config = SessionConfig::with(|settings| settings.sweep_one_in = 0).unwrap();
    for site in Site::both(&patient::<D::Dialect>(url), &config) {
        let now = Timestamp::from(SystemTime::now());
        let counted = |work: &mut dyn FnMut()| {
            let before = D::count(server);
            work();
            D::count(server).since(before)
        };
        let mut jar = String::new();

        let untouched = counted(&mut || drop(site.save(&site.open(None, now), now)));
        assert_eq!(untouched, (0, 0), "a browser without a cookie whose session is not used");
        let new = counted(&mut || {
            let session = site.open(None, now);
            session.set("cart", 1).unwrap();
            jar = cookie(&site.save(&session, now));
        });
        assert_eq!(new, (1, 0), "a new session");
        let read = counted(&mut || {
            let session = site.open(Some(&jar), now);
            assert_eq!(session.get::<u32>("cart").unwrap(), Some(1));
            site.save(&session, now);
        });
        assert_eq!(read, (1, 0), "reading");
        let written = counted(&mut || {
            let session = site.open(Some(&jar), now);
            session.set("cart", 2).unwrap();
            site.save(&session, now);
        });
        assert_eq!(written, (2, 0), "reading and writing");
        server.sql("UPDATE alo_session SET expires_at=expires_at-100000");
        let touched = counted(&mut || drop(site.save(&site.open(Some(&jar), now), now)));
        assert_eq!(touched, (2, 0), "reading a session that is due to be prolonged");
        let rotated = counted(&mut || {
            let session = site.open(Some(&jar), now);
            session.rotate().unwrap();
            jar = cookie(&site.save(&session, now));
        });
        assert_eq!(rotated, (3, 1), "rotating: to read, the new record and the tombstone in one transaction");
        let signed_in = counted(&mut || {
            let session = site.open(Some(&jar), now);
            session.login("ann").unwrap();
            jar = cookie(&site.save(&session, now));
        });
        assert_eq!(
            signed_in,
            (4, 1),
            "signing in: to read, owner and record in one transaction, the tombstone"
        );
        let ended = counted(&mut || {
            let session = site.open(Some(&jar), now);
            session.destroy();
            site.save(&session, now);
        });
        assert_eq!(ended, (2, 0), "ending");
    }
}

fn pair<D: Database>(server: &D::Server) -> Pair<D::Dialect> {
    Pair::of(&patient(&server.url()).response_timeout(Duration::from_secs(10)))
}

fn key(number: u8) -> StoreKey {
    let digest = Digest::from_bytes([number; 32]);
    StoreKey { family: Family::anonymous(&digest), digest }
}

/// What one API has written, the other reads.
pub fn a_record_may_hold_any_bytes_and_a_mebibyte<D: Database>(settings: &[&str]) {
    let server = start::<D>(settings);
    let Pair { runtime, nonblocking, blocking } = pair::<D>(&server);
    let every_byte: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    let large: Vec<u8> = (0..=255).rev().cycle().take(1 << 20).collect();
    let emoji = "\u{1F36A} ' \\ \" ` ? % _ ; --".as_bytes().to_vec();
    for (number, data) in (1..).zip([every_byte, large, emoji, Vec::new()]) {
        let write = |next| Write {
            next: Revision::from_bytes([next; 16]),
            data: &data,
            ttl: Duration::from_secs(600),
        };
        let (one, two) = (key(number), key(number + 100));
        let created = runtime.block_on(Store::create(&nonblocking, &one, write(1), None)).unwrap();
        assert_eq!(created, CreateOutcome::Created { evicted: Vec::new() });
        BlockingStore::create(&blocking, &two, write(1), None).unwrap();
        // Each API reads what the other has written.
        assert_eq!(*BlockingStore::load(&blocking, &one).unwrap().unwrap().data, data);
        assert_eq!(*runtime.block_on(Store::load(&nonblocking, &two)).unwrap().unwrap().data, data);
    }
}

/// A record of this size is too large for a server with these settings.
pub fn a_record_that_is_too_large_is_refused_and_nothing_else_suffers<D: Database>(
    settings: &[&str],
    size: usize,
) {
    let server = start::<D>(settings);
    let Pair { runtime, nonblocking, blocking } = pair::<D>(&server);
    let (large, small) = (vec![b'x'; size], [1; 3]);
    let write = |data| Write { next: Revision::from_bytes([1; 16]), data, ttl: Duration::from_secs(600) };
    for _ in 0..2 {
        for failed in [
            runtime.block_on(Store::create(&nonblocking, &key(1), write(&large), None)).unwrap_err(),
            BlockingStore::create(&blocking, &key(2), write(&large), None).unwrap_err(),
        ] {
            assert_eq!(
                (failed.kind(), failed.applied()),
                (StoreErrorKind::TooLarge, Applied::No),
                "{failed:?}"
            );
        }
    }
    runtime.block_on(Store::create(&nonblocking, &key(3), write(&small), None)).unwrap();
    BlockingStore::create(&blocking, &key(4), write(&small), None).unwrap();
    assert_eq!(server.sql("SELECT COUNT(*) FROM alo_session"), "2\n");
}

/// The table of the configuration is the one that is read and written, unless the URL or the builder names another.
pub fn the_table_of_the_configuration_is_used<D: Database>() {
    let server = start::<D>(&[]);
    for table in ["configured", "in_the_url", "in_the_builder"] {
        server.sql(&D::Dialect::create_table(&Table::new(table).unwrap()));
    }
    let config =
        SessionConfig::with(|settings| settings.table = format!("{}.configured", D::SCHEMA)).unwrap();
    let configured = patient::<D::Dialect>(&server.url()).config(&config);
    let in_the_url = patient::<D::Dialect>(&format!("{}?table=in_the_url", server.url())).config(&config);
    let in_the_builder = in_the_url.clone().table("in_the_builder").config(&config);
    let now = Timestamp::from(SystemTime::now());
    for (table, builder) in
        [("configured", configured), ("in_the_url", in_the_url), ("in_the_builder", in_the_builder)]
    {
        for site in Site::both(&builder, &config) {
            let session = site.open(None, now);
            session.set("cart", 1).unwrap();
            let jar = cookie(&site.save(&session, now));
            assert_eq!(site.open(Some(&jar), now).get::<u32>("cart").unwrap(), Some(1), "{table}");
        }
        assert_eq!(server.sql(&format!("SELECT COUNT(*) FROM {table}")), "2\n");
    }
    assert_eq!(server.sql("SELECT COUNT(*) FROM alo_session"), "0\n");
}
