//! What the file may be, and what is said of one that cannot be used.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "test code")]

mod support;

use std::{
    fs::{self, OpenOptions, Permissions},
    io::{Seek as _, SeekFrom, Write as _},
    iter,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
    sync::Barrier,
    thread,
    time::{Duration, SystemTime},
};

use rusqlite::Connection;
use session_core::store::{Applied, BlockingStore as _, CreateOutcome, StoreError, StoreErrorKind};
use session_sqlite::{BuildError, SqliteStore, Synchronous};
use support::{Directory, home, key, run_again, transactions, url, with_suffix, write};

fn store(directory: &Directory) -> SqliteStore {
    SqliteStore::open(&directory.url()).unwrap()
}

/// Whoever looks at the file while another makes the table must see all of it or nothing.
#[test]
fn many_stores_may_meet_a_new_file() {
    const STORES: u64 = 4;
    for _ in 0..25 {
        let directory = Directory::new();
        let together = Barrier::new(STORES.try_into().unwrap());
        thread::scope(|scope| {
            for number in 0..STORES {
                let (directory, together) = (&directory, &together);
                scope.spawn(move || {
                    let store = store(directory);
                    together.wait();
                    store.create(&key(1, number), write(1, &[7]), None).unwrap();
                });
            }
        });
    }
}

#[test]
fn two_processes_may_meet_a_new_file() {
    const ROUNDS: u64 = 200;
    let create = |home: &Path, round: u64, number: u64| {
        let store = SqliteStore::builder(&url(&home.join(round.to_string()).join("sessions.db")));
        let store = store.budget(Duration::from_secs(60)).build().unwrap();
        let created = store.create(&key(round, number), write(1, b"new"), None);
        assert_eq!(created.unwrap(), CreateOutcome::Created { evicted: Vec::new() }, "round {round}");
    };
    if let Some(home) = home() {
        for round in 0..ROUNDS {
            while !home.join(round.to_string()).exists() {
                assert!(home.exists(), "the test has failed");
                thread::yield_now();
            }
            create(&home, round, 0);
        }
        return;
    }
    let directory = Directory::new();
    let mut other = run_again(&[], "two_processes_may_meet_a_new_file", &directory.0).spawn().unwrap();
    for round in 0..ROUNDS {
        let start = Barrier::new(2);
        thread::scope(|scope| {
            for number in 1..3 {
                let (home, start) = (&directory.0, &start);
                scope.spawn(move || {
                    if start.wait().is_leader() {
                        fs::create_dir(home.join(round.to_string())).unwrap();
                    }
                    while !home.join(round.to_string()).exists() {
                        thread::yield_now();
                    }
                    create(home, round, number);
                });
            }
        });
    }
    assert!(other.wait().unwrap().success());
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn failed(error: &StoreError, kind: StoreErrorKind, says: &str) {
    let shown = format!("{error:?}");
    assert!((error.kind(), error.applied()) == (kind, Applied::No) && shown.contains(says), "{shown}");
}

/// Puts so many sessions into the file, merges the log and closes it.
fn fill(directory: &Directory, sessions: u64) {
    let store = store(directory);
    for number in 0..sessions {
        store.create(&key(1, number), write(1, &[7; 3000]), None).unwrap();
    }
    drop(store);
    let file = Connection::open(directory.file()).unwrap();
    file.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
}

fn overwrite(file: &Path, at: u64, length: usize) {
    let mut file = OpenOptions::new().write(true).open(file).unwrap();
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(&vec![0xaa; length]).unwrap();
}

#[test]
fn the_file_and_what_is_beside_it_are_for_their_owner_alone() {
    let directory = Directory::new();
    let store = store(&directory);
    assert!(!directory.file().exists(), "building creates nothing");
    store.create(&key(1, 0), write(1, b""), None).unwrap();
    for suffix in ["", "-wal", "-shm"] {
        assert_eq!(mode(&with_suffix(&directory.file(), suffix)), 0o600, "{suffix}");
    }
}

#[test]
fn a_file_that_others_may_read_is_refused_until_they_may_not() {
    let directory = Directory::new();
    fill(&directory, 1);
    fs::set_permissions(directory.file(), Permissions::from_mode(0o640)).unwrap();
    let store = store(&directory);
    for error in [store.load(&key(1, 0)).unwrap_err(), store.delete(&key(1, 0), None, None).unwrap_err()] {
        failed(&error, StoreErrorKind::Denied, "(mode 640): chmod 600 ");
    }
    fs::set_permissions(directory.file(), Permissions::from_mode(0o600)).unwrap();
    assert!(store.load(&key(1, 0)).unwrap().is_some());
}

#[test]
fn a_missing_directory_and_a_directory_are_refused_when_the_store_is_built() {
    let directory = Directory::new();
    let refused = |path: &Path| match SqliteStore::open(&url(path)).unwrap_err() {
        error @ BuildError::Path { .. } => error.to_string(),
        error => unreachable!("{error}"),
    };
    assert!(refused(&directory.0).contains("it is a directory"));
    assert!(refused(&directory.0.join("new/")).contains("it is a directory"));
    assert!(refused(&directory.0.join("missing/sessions.db")).contains("create its directory"));
    fs::write(directory.0.join("text"), "").unwrap();
    assert!(refused(&directory.0.join("text/sessions.db")).contains("is not a directory"));
}

#[test]
fn a_link_leads_to_the_file_that_it_names_and_never_makes_one() {
    let directory = Directory::new();
    let link = directory.0.join("link.db");
    symlink(directory.file(), &link).unwrap();
    let linked = SqliteStore::open(&url(&link)).unwrap();
    failed(&linked.load(&key(1, 0)).unwrap_err(), StoreErrorKind::Unavailable, "link.db");
    assert!(!directory.file().exists());
    fill(&directory, 1);
    assert!(linked.load(&key(1, 0)).unwrap().is_some());
}

#[test]
fn a_file_without_its_header_is_refused_and_left_as_it_is() {
    let directory = Directory::new();
    fill(&directory, 10);
    overwrite(&directory.file(), 0, 100);
    let damaged = fs::read(directory.file()).unwrap();
    let store = store(&directory);
    failed(&store.load(&key(1, 0)).unwrap_err(), StoreErrorKind::Other, "the file is damaged");
    let write = store.create(&key(1, 99), write(1, b""), None);
    failed(&write.unwrap_err(), StoreErrorKind::Other, "restore a copy");
    assert_eq!(fs::read(directory.file()).unwrap(), damaged);
}

#[test]
fn a_damaged_page_costs_the_sessions_in_it_and_is_never_an_absent_session() {
    let directory = Directory::new();
    fill(&directory, 300);
    // Each session fills a page, and those in the middle of the file are sessions.
    let middle = fs::metadata(directory.file()).unwrap().len() / 2 / 4096 * 4096;
    overwrite(&directory.file(), middle, 4096);
    let store = store(&directory);
    let (mut whole, mut damaged) = (0, 0);
    for number in 0..300 {
        match store.load(&key(1, number)) {
            Ok(found) => {
                assert!(found.is_some(), "session {number} is said to be absent");
                whole += 1;
            }
            Err(error) => {
                failed(&error, StoreErrorKind::Other, "the file is damaged");
                damaged += 1;
            }
        }
    }
    assert!(damaged > 0 && whole > damaged, "{whole} sessions are whole, {damaged} are not");
}

#[test]
fn a_log_that_was_cut_leaves_an_older_state_that_is_whole() {
    let directory = Directory::new();
    let (file, copy) = (directory.file(), directory.0.join("copy.db"));
    let store = store(&directory);
    for number in 0..50 {
        store.create(&key(1, number), write(1, &[7; 3000]), None).unwrap();
    }
    assert_eq!(transactions(&file), 51);
    // As a machine that stops would leave them.
    fs::copy(&file, &copy).unwrap();
    let log = fs::read(with_suffix(&file, "-wal")).unwrap();
    fs::write(with_suffix(&copy, "-wal"), log.get(..log.len() * 2 / 3).unwrap()).unwrap();
    let cut = SqliteStore::open(&url(&copy)).unwrap();
    let found: Vec<bool> = (0..50).map(|number| cut.load(&key(1, number)).unwrap().is_some()).collect();
    let kept = found.iter().take_while(|found| **found).count();
    assert!((20..50).contains(&kept) && found.iter().skip(kept).all(|found| !found), "{found:?}");
    cut.create(&key(1, 99), write(1, b""), None).unwrap();
}

#[test]
fn a_newer_schema_and_the_database_of_another_program_are_left_alone() {
    for (sql, says) in [
        ("PRAGMA application_id=0x616c6f53; PRAGMA user_version=2", "use a newer release"),
        ("CREATE TABLE session (id TEXT)", "of another program"),
        ("PRAGMA application_id=7", "of another program"),
    ] {
        let directory = Directory::new();
        drop(fs::File::create(directory.file()).unwrap());
        fs::set_permissions(directory.file(), Permissions::from_mode(0o600)).unwrap();
        Connection::open(directory.file()).unwrap().execute_batch(sql).unwrap();
        let before = fs::read(directory.file()).unwrap();
        let store = store(&directory);
        failed(&store.load(&key(1, 0)).unwrap_err(), StoreErrorKind::Unsupported, says);
        let write = store.create(&key(1, 0), write(1, b""), None);
        failed(&write.unwrap_err(), StoreErrorKind::Unsupported, says);
        assert_eq!(fs::read(directory.file()).unwrap(), before, "{sql}");
    }
}

#[test]
fn a_flood_that_has_expired_gives_most_of_its_room_back() {
    const FLOOD: u64 = 2000;
    let directory = Directory::new();
    let builder = SqliteStore::builder(&directory.url()).synchronous(Synchronous::Normal);
    let past = builder.clock(|| SystemTime::UNIX_EPOCH).build().unwrap();
    for number in 0..FLOOD {
        past.create(&key(number, number), write(1, &[7; 3000]), None).unwrap();
    }
    let store = store(&directory);
    store.create(&key(1, FLOOD), write(1, b""), None).unwrap();
    let pages = || -> u64 {
        let file = Connection::open(directory.file()).unwrap();
        file.query_row("PRAGMA page_count", [], |row| row.get::<_, u32>(0)).unwrap().into()
    };
    assert!(pages() > FLOOD);
    // As new sessions do it, a few at a time.
    let sweeps = iter::from_fn(|| Some(store.sweep(4).unwrap()).filter(|removed| *removed > 0));
    assert_eq!(sweeps.sum::<u64>(), FLOOD);
    assert!(pages() < FLOOD / 3, "{} pages are left", pages());
    assert!(store.load(&key(1, FLOOD)).unwrap().is_some());
}

#[test]
fn a_file_that_was_replaced_is_opened_anew() {
    let (directory, other) = (Directory::new(), Directory::new());
    let store = store(&directory);
    store.create(&key(1, 0), write(1, b"old"), None).unwrap();
    fill(&other, 2);
    for suffix in ["-wal", "-shm"] {
        fs::remove_file(with_suffix(&directory.file(), suffix)).unwrap();
    }
    fs::rename(other.file(), directory.file()).unwrap();
    assert!(store.load(&key(1, 1)).unwrap().is_some(), "the other file is read");
    store.create(&key(1, 2), write(1, b"new"), None).unwrap();
    drop(store);
    let again = SqliteStore::open(&directory.url()).unwrap();
    assert!(again.load(&key(1, 2)).unwrap().is_some(), "the log of the new file was not removed");
}
