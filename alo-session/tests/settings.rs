//! Each setting of the PHP original, set in a file by its original name, changes something that can be observed. The
//! tests of `prefix` and `table` need servers and stand in session-redis and session-mysql.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on")]

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use alo_session::{
    MemoryStore, SessionConfig, Timestamp, ValueError, Visit,
    blocking::Sessions,
    cookie::SetCookie,
    exchange::Saved,
    memory::ManualClock,
    store::{Answer, BlockingAdapter, BlockingStore, Call, StoreError},
};

/// An application whose whole configuration is this file, and a browser.
struct Site {
    sessions: Sessions<Arc<Watched>>,
    clock: ManualClock,
    now: Timestamp,
    cookie: String,
    header: String,
}

/// A store that counts the sweeps and keeps a copy of all that is written.
struct Watched {
    store: MemoryStore,
    sweeps: AtomicU32,
    written: Mutex<Vec<u8>>,
}

impl BlockingAdapter for Watched {
    fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        match call {
            Call::Sweep { .. } => drop(self.sweeps.fetch_add(1, Ordering::Relaxed)),
            Call::Create { write, .. } => self.written.lock().unwrap().extend_from_slice(write.data),
            _ => {}
        }
        self.store.perform(call)
    }
}

impl Site {
    fn new(file: &str) -> Self {
        let config: SessionConfig = serde_json::from_str(file).unwrap();
        let clock = ManualClock::new();
        let store = MemoryStore::builder().clock(clock.clone()).build().unwrap();
        let store = Watched { store, sweeps: AtomicU32::new(0), written: Mutex::default() };
        let sessions = Sessions::new(Arc::new(store), config);
        let now = Timestamp::from_millis(1_000_000_000_000);
        Self { sessions, clock, now, cookie: String::new(), header: String::new() }
    }

    /// A request that counts; returns the count before it.
    fn count(&mut self) -> u32 {
        let visit = Visit::new().cookie(self.cookie.as_bytes()).user_agent(b"Firefox");
        let session = self.sessions.open(&visit, self.now).unwrap();
        let before = session.get("count").unwrap().unwrap_or(0);
        session.set("count", before + 1).unwrap();
        session.tokens().text("form").unwrap();
        let settled = self.sessions.save(&session, self.now).unwrap();
        if let SetCookie::Set { .. } = settled.cookie {
            let header = settled.cookie.header(&self.sessions.context().config().cookie).unwrap();
            header.as_str().clone_into(&mut self.header);
            self.header.split(';').next().unwrap().clone_into(&mut self.cookie);
        }
        before
    }

    fn pass(&mut self, time: Duration) {
        self.clock.advance(time);
        self.now = self.now.after(time);
    }

    fn refuses(&self, key: &str) -> bool {
        let session = self.sessions.open(&Visit::new(), self.now).unwrap();
        session.set(key, 1) == Err(ValueError::Reserved { key: key.to_owned() }.into())
    }

    fn wrote(&self, key: &str) -> bool {
        let written = self.sessions.store().written.lock().unwrap();
        written.windows(key.len()).any(|part| part == key.as_bytes())
    }
}

#[test]
fn timeout_ends_an_idle_session() {
    for (file, seconds) in [("{}", 300), (r#"{ "timeout": 600 }"#, 600)] {
        let mut site = Site::new(file);
        site.count();
        site.pass(Duration::from_secs(seconds - 1));
        assert_eq!(site.count(), 1, "{file}");
        site.pass(Duration::from_secs(seconds));
        assert_eq!(site.count(), 0, "{file}");
    }
}

#[test]
fn session_algo_makes_the_id() {
    for (file, characters) in [
        ("{}", 86),
        (r#"{ "sessionAlgo": "sha512" }"#, 86),
        (r#"{ "sessionAlgo": "sha256" }"#, 43),
        (r#"{ "sessionAlgo": "blake3" }"#, 43),
    ] {
        let mut site = Site::new(file);
        site.count();
        let (_, id) = site.cookie.split_once('=').unwrap();
        assert_eq!(id.len(), characters, "{file}");
        assert!(id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{id}");
    }
}

#[test]
fn cookie_names_the_cookie() {
    for (file, name) in [("{}", "AloSession="), (r#"{ "cookie": "shop" }"#, "shop=")] {
        let mut site = Site::new(file);
        site.count();
        assert!(site.header.starts_with(name), "{}", site.header);
        assert_eq!(site.count(), 1, "the cookie is found under this name");
    }
}

#[test]
fn secure_keeps_the_cookie_off_plain_http() {
    for (file, secure) in [("{}", true), (r#"{ "secure": true }"#, true), (r#"{ "secure": false }"#, false)] {
        let mut site = Site::new(file);
        site.count();
        assert_eq!(site.header.contains("; Secure"), secure, "{}", site.header);
    }
}

#[test]
fn fingerprint_is_the_key_of_the_fingerprint() {
    for (file, key, other) in [("{}", "_fp_", "print"), (r#"{ "fingerprint": "print" }"#, "print", "_fp_")] {
        let mut site = Site::new(file);
        site.count();
        assert!(site.wrote(key) && !site.wrote(other), "{file}");
        assert!(site.refuses(key) && !site.refuses(other), "{file}");
    }
}

#[test]
fn token_key_is_the_key_of_the_tokens() {
    for (file, key, other) in [("{}", "_tk_", "csrf"), (r#"{ "tokenKey": "csrf" }"#, "csrf", "_tk_")] {
        let mut site = Site::new(file);
        site.count();
        assert!(site.wrote(key) && !site.wrote(other), "{file}");
        assert!(site.refuses(key) && !site.refuses(other), "{file}");
    }
}

#[test]
fn gc_is_how_often_a_new_session_sweeps() {
    for (file, sweeps) in
        [(r#"{ "gc": 0 }"#, 0..=0), (r#"{ "gc": 1 }"#, 200..=200), (r#"{ "gc": 4 }"#, 20..=90)]
    {
        let mut site = Site::new(file);
        for _ in 0..200 {
            site.cookie.clear();
            site.count();
        }
        let counted = site.sessions.store().sweeps.load(Ordering::Relaxed);
        assert!(sweeps.contains(&counted), "{file}: {counted}");
    }
}

#[test]
fn save_cli_keeps_the_sessions_of_programs() {
    for (file, saved, records) in [("{}", Saved::Withheld, 0), (r#"{ "saveCLI": true }"#, Saved::Created, 1)]
    {
        let site = Site::new(file);
        let session = site.sessions.open(&Visit::outside_http(), site.now).unwrap();
        session.set("count", 1).unwrap();
        assert_eq!(site.sessions.save(&session, site.now).unwrap().saved, saved, "{file}");
        assert_eq!(site.sessions.store().store.len(), records, "{file}");
    }
}
