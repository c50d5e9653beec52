use session_core::{
    OpenSession, SessionConfig, Sessions, Timestamp, Visit,
    cookie::SetCookie,
    store::{AnyStore, Store as _},
};

use crate::{
    backend::Backend,
    measure::Cost,
    table::{Operation, Table},
};

/// Each operation reads or writes the whole record.
const OPERATIONS: &[Operation] = &[
    Operation { name: "new: set all, save", power: 1.0 },
    Operation { name: "open, read 2", power: 1.0 },
    Operation { name: "open, change 1, save", power: 1.0 },
];
const TIMES: u64 = 2000;

/// Sessions of 1 key to `most` keys, with a number under each.
pub(crate) async fn more_keys(backend: &Backend, most: u64) -> Table {
    let mut table = Table::new("keys", &["bytes"], OPERATIONS);
    for count in (0..).map(|power| 10_u64.pow(power)).take_while(|count| *count <= most) {
        let names: Vec<String> = (0..count).map(|number| format!("key {number}")).collect();
        let site = Site::new(backend, |session| {
            names.iter().for_each(|name| session.set(name, 420_042_u64).unwrap());
        });
        site.measure(&mut table, count).await;
    }
    table
}

/// Sessions of three keys, one of which has 100 bytes to `most` bytes.
pub(crate) async fn larger(backend: &Backend, most: u64) -> Table {
    let mut table = Table::new("size", &["bytes"], OPERATIONS);
    for size in [100, 1000, 10_000, 100_000, 1 << 20].into_iter().take_while(|size| *size <= most) {
        let text = "a".repeat(size as usize);
        let site = Site::new(backend, |session| {
            session.set("key 0", 420_042_u64).unwrap();
            session.set("key 1", 420_042_u64).unwrap();
            session.set("text", &text).unwrap();
        });
        site.measure(&mut table, size).await;
    }
    table
}

/// Uses the store as a web framework does, without one.
struct Site<'a, F> {
    backend: &'a Backend,
    sessions: Sessions<AnyStore>,
    now: Timestamp,
    fill: F,
}

impl<'a, F: Fn(&OpenSession)> Site<'a, F> {
    fn new(backend: &'a Backend, fill: F) -> Self {
        // Both limits at their highest values.
        let config = SessionConfig::with(|settings| {
            settings.limits.max_keys = 65_536;
            settings.limits.max_bytes = 16_777_215;
        })
        .unwrap();
        let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_millis();
        let now = Timestamp::from_millis(u64::try_from(now).unwrap());
        Self { backend, sessions: Sessions::new(backend.store(), config), now, fill }
    }

    async fn measure(&self, table: &mut Table, size: u64) {
        let (sessions, now) = (&self.sessions, self.now);
        let new = Cost::of(self.backend, TIMES, async |_| drop(self.found().await)).await;
        let SetCookie::Set { id, .. } = self.found().await else { panic!("a stored session has a cookie") };
        let bytes = sessions.store().load(id.key()).await.unwrap().unwrap().data.len();
        let cookie = format!("AloSession={}", id.expose().as_str());
        let open = async || {
            let session = sessions.open(&browser().cookie(cookie.as_bytes()), now).await.unwrap();
            let read = ["key 0", "key 1"].map(|key| session.get::<u64>(key).unwrap());
            assert!(read.into_iter().flatten().next().is_some());
            session
        };
        let read = Cost::of(self.backend, TIMES, async |_| {
            let session = open().await;
            sessions.save(&session, now).await.unwrap();
        });
        let read = read.await;
        let change = Cost::of(self.backend, TIMES, async |number| {
            let session = open().await;
            session.set("key 0", 1_000_000 + number).unwrap();
            sessions.save(&session, now).await.unwrap();
        });
        let change = change.await;
        table.add(size, &[bytes as u64], [new, read, change].map(Some).to_vec());
    }

    /// Starts a session for a browser without one.
    async fn found(&self) -> SetCookie {
        let session = self.sessions.open(&browser(), self.now).await.unwrap();
        (self.fill)(&session);
        self.sessions.save(&session, self.now).await.unwrap().cookie
    }
}

fn browser() -> Visit<'static> {
    Visit::new().user_agent(b"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
}
