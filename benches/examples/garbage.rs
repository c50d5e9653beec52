//! How much collecting 1,000,000 expired sessions (or as many as the argument says) slows down requests, on a MariaDB of its
//! own, in each of the three ways: the 99th percentile of a commit during the collection, divided by that without it. A
//! second argument, such as `event`, picks one way.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a program for the eyes of a developer"
)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{CommitOutcome, Revision, Store as _, Write},
};
use session_mysql::{Builder, Event, MysqlStore, Schema};
use session_testservers::MariaDb;
use tokio::{runtime::Runtime, time::sleep};

const PART: u64 = 50_000;
const BATCH: u32 = 500;
/// The rows that one session start sweeps.
const START_BATCH: u32 = 256;
const WRITERS: u64 = 16;
const QUIET: Duration = Duration::from_secs(10);

fn main() {
    let config = [
        "innodb_buffer_pool_size=2G",
        "innodb_log_file_size=1G",
        "innodb_flush_log_at_trx_commit=2",
        "event_scheduler=ON",
    ];
    let server =
        config.iter().fold(MariaDb::builder(), |builder, line| builder.config(*line)).start().unwrap();
    let schema = Schema::new("alo_session").unwrap();
    server.sql(&schema.create_table()).unwrap();
    let rows = std::env::args().nth(1).map_or(1_000_000, |rows| rows.parse().unwrap());
    Runtime::new().unwrap().block_on(async {
        println!("{:<28} {:>10} {:>10} {:>8} {:>9}", "way", "p99 quiet", "p99 busy", "ratio", "seconds");
        let picked = std::env::args().nth(2).unwrap_or_default();
        let ways = ["one in n session starts", "the sweeper of the store", "the event of the server"];
        for way in ways.into_iter().filter(|way| way.contains(&picked)) {
            let (quiet, busy, seconds) = measure(&server, &schema, way, rows).await;
            let ratio = busy.as_secs_f64() / quiet.as_secs_f64();
            println!("{way:<28} {quiet:>10.2?} {busy:>10.2?} {ratio:>8.2} {seconds:>9.1}");
        }
    });
}

async fn measure(server: &MariaDb, schema: &Schema, way: &str, rows: u64) -> (Duration, Duration, f64) {
    server.sql("TRUNCATE alo_session").unwrap();
    let writers = Writers::start(builder(server).build().unwrap()).await;
    let quiet = writers.percentile(async || sleep(QUIET).await).await;
    fill(server, rows);
    let mut seconds = 0.0;
    let busy = writers.percentile(async || {
        let start = Instant::now();
        collect(server, schema, way).await;
        seconds = start.elapsed().as_secs_f64();
    });
    let busy = busy.await;
    writers.end().await;
    (quiet, busy, seconds)
}

/// Collects until no expired row is left.
async fn collect(server: &MariaDb, schema: &Schema, way: &str) {
    let done = async || {
        while expired(server) > 0 {
            sleep(Duration::from_millis(500)).await;
        }
    };
    match way {
        "the event of the server" => {
            let of_table = Event::of(schema);
            server.sql(&of_table.drop_if_exists()).unwrap();
            let event = of_table.create(Duration::from_secs(1), BATCH);
            server.sql(&format!("DELIMITER //\n{event}//\nDELIMITER ;")).unwrap();
            done().await;
            server.sql(&of_table.drop_if_exists()).unwrap();
        }
        "the sweeper of the store" => {
            let store = builder(server).sweep_every(Duration::from_millis(100), BATCH).build().unwrap();
            store.load(&key(0)).await.unwrap();
            done().await;
        }
        // As one in a hundred session starts does, at two thousand of them in a second.
        _ => {
            let store = builder(server).build().unwrap();
            while store.sweep(START_BATCH).await.unwrap() > 0 {
                sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

fn builder(server: &MariaDb) -> Builder {
    let patience = Duration::from_secs(30);
    MysqlStore::builder(&server.url())
        .pool_size(16)
        .connect_timeout(patience)
        .response_timeout(patience)
        .budget(patience)
}

/// Inserts expired rows with keys spread among the live ones, in parts that stay below the client's time limit.
fn fill(server: &MariaDb, rows: u64) {
    for part in 0..rows / PART {
        let (from, to) = (part * PART + 1, (part + 1) * PART);
        let insert = format!(
            "INSERT INTO alo_session SELECT UNHEX(LEFT(SHA1(seq),32)), UNHEX(SHA2(seq,256)), REPEAT('r',16), 0, 1, 1+seq, 0, \
             REPEAT('d',400) FROM seq_{from}_to_{to}"
        );
        server.sql(&insert).unwrap();
    }
}

fn expired(server: &MariaDb) -> u64 {
    let count = "SELECT COUNT(*) FROM (SELECT 1 FROM alo_session WHERE expires_at<10000000 LIMIT 1) some";
    server.sql(count).unwrap().trim().parse().unwrap()
}

fn key(number: u64) -> StoreKey {
    let mut digest = [9; 32];
    digest[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    let digest = Digest::from_bytes(digest);
    StoreKey { family: Family::anonymous(&digest), digest }
}

/// Tasks that commit to a session of their own again and again, with a short pause.
struct Writers {
    taken: Vec<Arc<std::sync::Mutex<Vec<Duration>>>>,
    ended: Arc<AtomicBool>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Writers {
    async fn start(store: MysqlStore) -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        let revisions = Arc::new(AtomicU64::new(1));
        let mut writers = Self { taken: Vec::new(), ended: Arc::clone(&ended), tasks: Vec::new() };
        for number in 0..WRITERS {
            let taken = Arc::<std::sync::Mutex<Vec<Duration>>>::default();
            writers.taken.push(Arc::clone(&taken));
            let (store, ended, revisions) = (store.clone(), Arc::clone(&ended), Arc::clone(&revisions));
            let next = move || {
                Revision::from_bytes(u128::from(revisions.fetch_add(1, Ordering::Relaxed)).to_be_bytes())
            };
            let mut current = next();
            let write = |next| Write { next, data: &[1; 400], ttl: Duration::from_hours(1) };
            store.create(&key(number), write(current), None).await.unwrap();
            writers.tasks.push(tokio::spawn(async move {
                while !ended.load(Ordering::Relaxed) {
                    let (start, following) = (Instant::now(), next());
                    let outcome = store.commit(&key(number), current, write(following)).await.unwrap();
                    assert_eq!(outcome, CommitOutcome::Written, "a live session was touched");
                    taken.lock().unwrap().push(start.elapsed());
                    current = following;
                    sleep(Duration::from_millis(10)).await;
                }
            }));
        }
        writers
    }

    /// Returns the 99th percentile of the commits during `meanwhile`.
    async fn percentile(&self, meanwhile: impl AsyncFnOnce()) -> Duration {
        self.taken.iter().for_each(|taken| taken.lock().unwrap().clear());
        meanwhile().await;
        let mut all: Vec<Duration> =
            self.taken.iter().flat_map(|taken| taken.lock().unwrap().clone()).collect();
        all.sort_unstable();
        all.get(all.len() * 99 / 100).copied().unwrap()
    }

    async fn end(self) {
        self.ended.store(true, Ordering::Relaxed);
        for task in self.tasks {
            task.await.unwrap();
        }
    }
}
