//! What an operator or another program does with a file that is in use.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "test code")]

mod support;

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::Duration,
};

use rusqlite::{Connection, backup::Backup};
use session_core::store::{Applied, BlockingStore as _, CommitOutcome, StoreError, StoreErrorKind};
use session_sqlite::SqliteStore;
use support::{Directory, key, revision, url, with_suffix, write};

const WRITERS: u64 = 16;
const LONG: Duration = Duration::from_secs(60);

fn store(file: &Path, budget: Duration) -> SqliteStore {
    SqliteStore::builder(&url(file)).budget(budget).build().unwrap()
}

fn failed(error: &StoreError, kind: StoreErrorKind, says: &str) {
    let shown = format!("{error:?}");
    assert!((error.kind(), error.applied()) == (kind, Applied::No) && shown.contains(says), "{shown}");
}

/// How the file may be copied while it is written. SQLite gives a copy the mode of any new file.
fn copy(file: &Path, to: &Path, by_backup: bool) {
    let source = Connection::open(file).unwrap();
    source.busy_timeout(LONG).unwrap();
    if by_backup {
        let mut target = Connection::open(to).unwrap();
        Backup::new(&source, &mut target).unwrap().run_to_completion(i32::MAX, Duration::ZERO, None).unwrap();
    } else {
        source.execute("VACUUM INTO ?1", [to.to_str().unwrap()]).unwrap();
    }
    fs::set_permissions(to, Permissions::from_mode(0o600)).unwrap();
}

struct OnDrop<F: Fn()>(F);

impl<F: Fn()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        self.0();
    }
}

#[test]
fn a_copy_of_a_file_in_use_has_all_that_was_answered_before_it_began() {
    let directory = Directory::new();
    let running = store(&directory.file(), LONG);
    let (answered, ends) = ([const { AtomicU64::new(0) }; WRITERS as usize], AtomicBool::new(false));
    let has_all = |store: &SqliteStore, counts: &[u64]| {
        for (writer, count) in (0..).zip(counts) {
            for number in 0..*count {
                assert!(
                    store.load(&key(writer, number)).unwrap().is_some(),
                    "{number} of {count} of {writer}"
                );
            }
        }
    };
    let counts = || answered.each_ref().map(|count| count.load(Ordering::Acquire));
    thread::scope(|scope| {
        // Whatever happens in here.
        let _ends = OnDrop(|| ends.store(true, Ordering::Relaxed));
        for (writer, count) in (0..).zip(&answered) {
            let (running, ends) = (&running, &ends);
            scope.spawn(move || {
                while !ends.load(Ordering::Relaxed) {
                    let number = count.load(Ordering::Relaxed);
                    running.create(&key(writer, number), write(1, &[7; 300]), None).unwrap();
                    count.store(number + 1, Ordering::Release);
                }
            });
        }
        for round in 0..6 {
            // Something is written before each copy and during it.
            let before = counts();
            while counts().iter().zip(before).any(|(now, before)| *now < before + 3) {
                thread::yield_now();
            }
            let (before, to) = (counts(), directory.0.join(format!("copy-{round}.db")));
            copy(&directory.file(), &to, round % 2 == 0);
            has_all(&store(&to, LONG), &before);
            let verdict =
                Connection::open(&to).unwrap().query_row("PRAGMA integrity_check", [], |row| row.get(0));
            assert_eq!(verdict, Ok("ok".to_owned()));
        }
    });
    has_all(&running, &counts());
}

#[test]
fn a_file_that_is_gone_is_an_error_until_it_is_back_and_never_an_empty_one() {
    let directory = Directory::new();
    let (file, away) = (directory.file(), directory.0.join("away.db"));
    let running = store(&file, LONG);
    // Only one of its threads has opened the file by now.
    running.create(&key(1, 0), write(1, b"old"), None).unwrap();
    fs::rename(&file, &away).unwrap();
    for _ in 0..2 {
        for error in [
            running.load(&key(1, 0)).unwrap_err(),
            running.commit(&key(1, 0), revision(1), write(2, b"new")).unwrap_err(),
        ] {
            failed(&error, StoreErrorKind::Unavailable, "put it back with its -wal");
        }
    }
    assert!(!file.exists(), "no empty file takes its place");
    fs::rename(&away, &file).unwrap();
    assert_eq!(running.load(&key(1, 0)).unwrap().unwrap().data, "old");
    let written = running.commit(&key(1, 0), revision(1), write(2, b"new"));
    assert_eq!(written.unwrap(), CommitOutcome::Written);
    fs::rename(&file, &away).unwrap();
    failed(&running.load(&key(1, 0)).unwrap_err(), StoreErrorKind::Unavailable, "put it back");
    drop(running);
    fs::rename(&away, &file).unwrap();
    assert_eq!(store(&file, LONG).load(&key(1, 0)).unwrap().unwrap().data, "new");
}

#[test]
fn a_file_that_was_deleted_is_an_error_and_the_program_begins_anew_when_it_starts_again() {
    let directory = Directory::new();
    let running = store(&directory.file(), LONG);
    running.create(&key(1, 0), write(1, b"old"), None).unwrap();
    for suffix in ["", "-wal", "-shm"] {
        fs::remove_file(with_suffix(&directory.file(), suffix)).unwrap();
    }
    let refused = running.create(&key(1, 1), write(1, b""), None).unwrap_err();
    failed(&refused, StoreErrorKind::Unavailable, "restart the program to begin anew");
    let restarted = store(&directory.file(), LONG);
    restarted.create(&key(1, 2), write(1, b"new"), None).unwrap();
    assert!(running.load(&key(1, 2)).unwrap().is_some(), "the other program has found its file as well");
}

/// A log is known by its name, and the last connection that is closed removes it.
#[test]
#[cfg(target_os = "linux")]
fn a_program_that_ends_leaves_the_log_of_the_file_that_has_replaced_its_own() {
    let directory = Directory::new();
    // The threads of other tests would be counted too.
    let Some(home) = support::home() else {
        let name = "a_program_that_ends_leaves_the_log_of_the_file_that_has_replaced_its_own";
        let output = support::run_again(&[], name, &directory.0).output().unwrap();
        return assert!(output.status.success(), "{output:?}");
    };
    let file = home.join("sessions.db");
    let ending = store(&file, LONG);
    ending.create(&key(1, 0), write(1, b"old"), None).unwrap();
    for suffix in ["", "-wal", "-shm"] {
        fs::remove_file(with_suffix(&file, suffix)).unwrap();
    }
    let other = store(&file, LONG);
    other.create(&key(1, 1), write(1, b"new"), None).unwrap();
    drop(ending);
    let names = || {
        fs::read_dir("/proc/self/task")
            .unwrap()
            .filter_map(|task| fs::read_to_string(task.ok()?.path().join("comm")).ok())
    };
    while names().filter(|name| name == "session-writer\n").count() > 1 {
        thread::yield_now();
    }
    assert!(with_suffix(&file, "-wal").exists());
    assert!(store(&file, LONG).load(&key(1, 1)).unwrap().is_some());
}

#[test]
fn a_file_that_another_program_has_for_itself_is_an_error_in_time_and_nothing_is_lost() {
    let directory = Directory::new();
    store(&directory.file(), LONG).create(&key(1, 0), write(1, b"old"), None).unwrap();
    let holder = Connection::open(directory.file()).unwrap();
    holder.busy_timeout(LONG).unwrap();
    holder.execute_batch("PRAGMA locking_mode=EXCLUSIVE; BEGIN IMMEDIATE").unwrap();
    let impatient = store(&directory.file(), Duration::from_millis(300));
    let patient = store(&directory.file(), LONG);
    failed(
        &impatient.load(&key(1, 0)).unwrap_err(),
        StoreErrorKind::Timeout,
        "another program holds the file",
    );
    let write = impatient.commit(&key(1, 0), revision(1), write(2, b"impatient"));
    failed(&write.unwrap_err(), StoreErrorKind::Timeout, "another program holds the file");
    thread::scope(|scope| {
        let waiting = scope.spawn(|| patient.commit(&key(1, 0), revision(1), support::write(2, b"patient")));
        drop(holder);
        assert_eq!(waiting.join().unwrap().unwrap(), CommitOutcome::Written);
    });
    assert_eq!(impatient.load(&key(1, 0)).unwrap().unwrap().data, "patient");
}
