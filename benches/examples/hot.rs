//! What a table in PostgreSQL becomes under 1,000,000 commits, or as many as the argument says, to 10,000 sessions beside
//! autovacuum: how many updates are HOT, and how large the table, its indexes and the dead rows are.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a program for the eyes of a developer")]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{CommitOutcome, Revision, Store, Write},
};
use session_postgres::{PostgresStore, Schema};
use session_testservers::Postgres;
use tokio::runtime::Runtime;

const SESSIONS: u64 = 10_000;
const WRITERS: u64 = 8;
const LINES: u64 = 10;
const DATA: [u8; 400] = [7; 400];

fn main() {
    let commits: u64 = std::env::args().nth(1).map_or(1_000_000, |count| count.parse().unwrap());
    // As the server comes, but that it looks at the table six times as often, as the commits of a day come in minutes.
    let server =
        Postgres::builder().config("autovacuum_naptime=10s").config("shared_buffers=128MB").start().unwrap();
    server.sql(&Schema::new("alo_session").unwrap().create_table()).unwrap();
    let store = Arc::new(PostgresStore::connect(&server.url()).unwrap());
    println!("| commits | HOT | vacuums | dead rows | table | primary key | index of the hour |");
    println!("|---|---|---|---|---|---|---|");
    Runtime::new().unwrap().block_on(async {
        for session in 0..SESSIONS {
            store.create(&key(session), write(0), None).await.unwrap();
        }
        line(&server, 0);
        let start = Instant::now();
        for part in 0..LINES {
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| tokio::spawn(work(Arc::clone(&store), writer, part, commits)))
                .collect();
            for writer in writers {
                writer.await.unwrap();
            }
            line(&server, (part + 1) * (commits / LINES));
        }
        println!("\n{:.0} commits a second", commits as f64 / start.elapsed().as_secs_f64());
    });
}

/// Each writer has sessions of its own, and commits to them in turn.
async fn work(store: Arc<PostgresStore>, writer: u64, part: u64, commits: u64) {
    let (own, each) = (SESSIONS / WRITERS, commits / LINES / WRITERS);
    for number in part * each..(part + 1) * each {
        let (session, round) = (writer * own + number % own, number / own);
        let written = store.commit(&key(session), revision(round), write(round + 1)).await.unwrap();
        assert_eq!(written, CommitOutcome::Written);
    }
}

fn line(server: &Postgres, commits: u64) {
    // The server counts what a connection has done a second after it is idle at the latest.
    std::thread::sleep(Duration::from_millis(1500));
    let text = server
        .sql(
            "SELECT coalesce(round(100.0*n_tup_hot_upd/nullif(n_tup_upd,0),1),0)||' %',autovacuum_count,n_dead_tup,\
             pg_size_pretty(pg_relation_size(relid)),pg_size_pretty(pg_relation_size('alo_session_pkey')),\
             pg_size_pretty(pg_relation_size('alo_session_expires')) FROM pg_stat_user_tables \
             WHERE relname='alo_session'",
        )
        .unwrap();
    println!("| {commits} | {} |", text.trim().replace('\t', " | "));
}

fn key(session: u64) -> StoreKey {
    // Spread like the digests of real ids.
    let bytes = session.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&bytes);
    let digest = Digest::from_bytes(digest);
    StoreKey { family: Family::anonymous(&digest), digest }
}

fn revision(round: u64) -> Revision {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&round.to_be_bytes());
    Revision::from_bytes(bytes)
}

fn write(round: u64) -> Write<'static> {
    Write { next: revision(round), data: &DATA, ttl: Duration::from_mins(30) }
}
