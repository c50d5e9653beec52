//! A program that is killed loses nothing that was answered, and does nothing twice.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::indexing_slicing, reason = "test code")]

mod support;

use std::{
    collections::HashSet,
    io::{BufRead as _, BufReader, Write as _, stdout},
    num::NonZeroU32,
    path::Path,
    process::Stdio,
    thread,
    time::Duration,
};

use rusqlite::Connection;
use session_core::store::{BlockingStore as _, CommitOutcome, CreateOutcome, Page};
use session_sqlite::SqliteStore;
use support::{Directory, family, home, key, revision, run_again, url, write};

const WRITERS: u64 = 16;
const ROUNDS: u64 = 10;
/// The session of a writer that it changes again and again.
const CHAIN: u64 = u64::MAX;

fn store(file: &Path) -> SqliteStore {
    SqliteStore::builder(&url(file)).budget(Duration::from_secs(60)).build().unwrap()
}

/// How often a writer has changed its session, and how many others it has created.
fn stored(store: &SqliteStore, writer: u64) -> [u64; 2] {
    let chain = store.load(&key(writer, CHAIN)).unwrap();
    let changed = chain.map_or(0, |stored| u64::from_be_bytes(stored.data[..].try_into().unwrap()));
    let page = Page::first(NonZeroU32::new(100_000).unwrap());
    let listed = store.list(&family(writer), page).unwrap();
    let digests: HashSet<_> = listed.sessions.iter().map(|(digest, _)| *digest.as_bytes()).collect();
    assert_eq!(digests.len(), listed.sessions.len(), "a session is listed twice");
    let created = digests.len() as u64 - u64::from(changed > 0);
    let all_there = (0..created).all(|number| digests.contains(key(writer, number).digest.as_bytes()));
    assert!(all_there, "one of {created} sessions of {writer} is missing");
    [changed, created]
}

/// Writes until the process is killed, and tells what has been answered.
fn write_for_ever(store: &SqliteStore, writer: u64) {
    let [mut changed, mut created] = stored(store, writer);
    loop {
        let (next, data) = (changed + 1, (changed + 1).to_be_bytes());
        if changed == 0 {
            let made = store.create(&key(writer, CHAIN), write(next, &data), None).unwrap();
            assert_eq!(made, CreateOutcome::Created { evicted: Vec::new() });
        } else {
            let outcome = store.commit(&key(writer, CHAIN), revision(changed), write(next, &data));
            assert_eq!(outcome.unwrap(), CommitOutcome::Written);
        }
        changed = next;
        stdout().write_all(format!("answered {writer} 0 {changed}\n").as_bytes()).unwrap();
        let made = store.create(&key(writer, created), write(1, b"new"), None).unwrap();
        assert_eq!(made, CreateOutcome::Created { evicted: Vec::new() });
        created += 1;
        stdout().write_all(format!("answered {writer} 1 {created}\n").as_bytes()).unwrap();
    }
}

#[test]
fn what_was_answered_survives_a_kill_and_nothing_is_done_twice() {
    if let Some(home) = home() {
        let store = store(&home.join("sessions.db"));
        thread::scope(|scope| {
            for writer in 0..WRITERS {
                let store = &store;
                scope.spawn(move || write_for_ever(store, writer));
            }
        });
    }
    let directory = Directory::new();
    let mut answered = [[0; 2]; WRITERS as usize];
    let name = "what_was_answered_survives_a_kill_and_nothing_is_done_twice";
    for round in 0..ROUNDS {
        let mut child = run_again(&[], name, &directory.0).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut seen = 0;
        for line in lines {
            let line = line.unwrap();
            let numbers: Vec<u64> = line.split(' ').filter_map(|word| word.parse().ok()).collect();
            // The last line may be cut.
            if let (true, &[writer, what, count]) = (line.starts_with("answered "), &numbers[..]) {
                answered[writer as usize][what as usize] = count;
                seen += 1;
            }
            // Each round ends at another moment of a batch, and all lines until then are read.
            if seen == 200 + round * 37 {
                child.kill().unwrap();
            }
        }
        assert!(!child.wait().unwrap().success() && seen >= 200, "the writers ended by themselves");
        let reopened = store(&directory.file());
        for (writer, told) in (0..).zip(&mut answered) {
            let found = stored(&reopened, writer);
            for (told, found) in told.iter_mut().zip(found) {
                assert!(found == *told || found == *told + 1, "{found} is stored, {told} was answered");
                *told = found;
            }
        }
        let file = Connection::open(directory.file()).unwrap();
        let verdict: String = file.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(verdict, "ok");
    }
}
