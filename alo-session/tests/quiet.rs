//! No store and no client library writes an id, a digest of one, a value or a password to the log, however much is logged.

#![cfg(all(
    unix,
    feature = "blocking",
    feature = "mysql-blocking",
    feature = "mysql",
    feature = "postgres-blocking",
    feature = "postgres",
    feature = "redis-blocking",
    feature = "redis",
    feature = "sqlite-blocking",
    feature = "sqlite"
))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on")]

use std::{
    fmt::{Debug, Write as _},
    fs, process,
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

use alo_session::{
    SessionConfig, Timestamp, Visit,
    blocking::{self, OpenSession},
    cookie::SetCookie,
    driver::Sessions,
    exchange::Settled,
    mysql, open, postgres,
};
use session_testservers::{MariaDb, Postgres, RedisServer};
use tracing::{
    Event, Metadata, Subscriber,
    field::Field,
    span::{Attributes, Id, Record},
};

const VALUE: &str = "a value that is a secret";

static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn note(line: String) {
    LINES.lock().unwrap_or_else(PoisonError::into_inner).push(line);
}

/// Hears everything that the libraries say, through either facade.
struct Ear;

impl log::Log for Ear {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        note(format!("{} {}", record.target(), record.args()));
    }

    fn flush(&self) {}
}

impl Subscriber for Ear {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut line = Line(format!("span {}", span.metadata().name()));
        span.record(&mut line);
        note(line.0);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut line = Line("record".to_owned());
        values.record(&mut line);
        note(line.0);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().target().to_owned());
        event.record(&mut line);
        note(line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Line(String);

impl tracing::field::Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // Writing to a string cannot fail.
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}

/// What must not be in any line.
struct Secrets(Vec<String>);

impl Secrets {
    /// The id that the response sets, and its digest as anybody might write it. Eight digits of it are its handle, which may be
    /// shown.
    fn learn(&mut self, settled: &Settled) -> String {
        let SetCookie::Set { id, .. } = &settled.cookie else { panic!("no cookie") };
        let first = id.key().digest.as_bytes().get(..12).unwrap();
        let hex = first.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        let decimal: Vec<String> = first.iter().map(u8::to_string).collect();
        let text = id.expose().as_str().to_owned();
        self.0.push(text.rsplit('.').next().unwrap().to_owned());
        self.0.extend([hex.to_uppercase(), hex, decimal.join(", "), decimal.join(",")]);
        self.0.push(String::from_utf8_lossy(first).into_owned());
        self.0.push(first.escape_ascii().to_string());
        let encoded = base64(first);
        self.0.extend([encoded.replace('+', "-").replace('/', "_"), encoded]);
        format!("AloSession={text}")
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |three: &[u8; 3]| {
        let bits = three.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        [18, 12, 6, 0].map(|shift| char::from(*DIGITS.get(bits >> shift & 63).unwrap()))
    };
    bytes.as_chunks().0.iter().flat_map(group).collect()
}

/// A session from its first request to its end. `open` and `save` are those of one of the two APIs.
fn live(
    secrets: &mut Secrets,
    open: impl Fn(&Visit<'_>) -> OpenSession,
    save: impl Fn(&OpenSession) -> Settled,
) {
    let mut jar = String::new();
    for step in 0..6 {
        let visit = if step == 0 { Visit::new() } else { Visit::new().cookie(jar.as_bytes()) };
        let session = open(&visit);
        match step {
            0 | 2 => session.set("cart", VALUE).unwrap(),
            1 => assert_eq!(session.get::<String>("cart").unwrap().as_deref(), Some(VALUE)),
            3 => session.rotate().unwrap(),
            4 => session.login("ann").unwrap(),
            _ => session.destroy(),
        }
        let settled = save(&session);
        if matches!(settled.cookie, SetCookie::Set { .. }) {
            jar = secrets.learn(&settled);
        }
    }
}

#[test]
fn no_line_of_any_library_shows_an_id_a_value_or_a_password() {
    log::set_boxed_logger(Box::new(Ear)).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    tracing::subscriber::set_global_default(Ear).unwrap();
    let redis = RedisServer::builder().password("geheim").start().unwrap();
    let maria = MariaDb::start().unwrap();
    maria.sql(&mysql::Schema::new("alo_session").unwrap().create_table()).unwrap();
    maria.sql("CREATE USER app@127.0.0.1 IDENTIFIED BY 'geheim'").unwrap();
    maria.sql("GRANT ALL ON *.* TO app@127.0.0.1").unwrap();
    let server = Postgres::builder().access("host all app 127.0.0.1/32 scram-sha-256").start().unwrap();
    let schema = postgres::Schema::new("alo_session").unwrap();
    server.sql(&schema.create_table()).unwrap();
    server.sql("CREATE ROLE app LOGIN PASSWORD 'geheim'").unwrap();
    server.sql(&schema.grant("app")).unwrap();
    let file = std::env::temp_dir().join(format!("alo-session-quiet-{}.db", process::id()));
    let urls = [
        ("memory:".to_owned(), None),
        (format!("sqlite:{}", file.display()), None),
        (format!("redis://:geheim@{}", redis.address()), None),
        (format!("mysql://app:geheim@{}/{}", maria.address(), MariaDb::DATABASE), None),
        // The proof that the libraries are heard.
        (
            format!("postgres://app:geheim@{}/{}", server.address(), Postgres::DATABASE),
            Some("executing statement"),
        ),
    ];
    let config = SessionConfig::default();
    let now = Timestamp::from(SystemTime::now());
    for (url, says) in urls {
        let mut secrets = Secrets(vec![VALUE.to_owned(), "geheim".to_owned()]);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let sessions = Sessions::new(open(&url, &config).unwrap(), config.clone());
        live(
            &mut secrets,
            |visit| runtime.block_on(sessions.open(visit, now)).unwrap(),
            |session| runtime.block_on(sessions.save(session, now)).unwrap(),
        );
        let sessions = blocking::Sessions::new(blocking::open(&url, &config).unwrap(), config.clone());
        live(
            &mut secrets,
            |visit| sessions.open(visit, now).unwrap(),
            |session| sessions.save(session, now).unwrap(),
        );
        let lines = std::mem::take(&mut *LINES.lock().unwrap());
        assert!(
            !lines.is_empty() && says.is_none_or(|says| lines.iter().any(|line| line.contains(says))),
            "{url}"
        );
        for line in &lines {
            let shown = secrets.0.iter().find(|secret| line.contains(secret.as_str()));
            assert!(shown.is_none(), "{line}");
        }
    }
    for end in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{end}", file.display()));
    }
}
