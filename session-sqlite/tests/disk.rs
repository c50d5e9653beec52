//! A disk that is full, and one that cannot be written.
#![cfg(all(feature = "tokio", target_os = "linux"))]
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "test code")]

mod support;

use std::{
    env,
    fs::{self, File},
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use rusqlite::Connection;
use session_core::store::{
    self as api, Applied, BlockingStore as _, CommitOutcome, DeleteOutcome, StoreError, StoreErrorKind,
};
use session_sqlite::SqliteStore;
use support::{Directory, begin, home, key, revision, run_again, url, with_suffix, write};

/// A disk of one mebibyte, which nobody else sees, and a view of it that cannot be written.
const MOUNT: &str = "mount -t tmpfs -o size=1m tmpfs \"$SESSION_SQLITE_TEST_HOME\" && cd \"$SESSION_SQLITE_TEST_HOME\" && \
    mkdir disk view && mount --bind disk view && mount -o remount,ro,bind view && exec \"$0\" \"$@\"";

/// Runs the test again where it has a disk of its own. The names of mounts are those of a process, so this needs no rights.
fn on_a_small_disk(test: &str, body: impl FnOnce(&Path)) {
    if let Some(home) = home() {
        return body(&home);
    }
    let words = ["unshare", "--map-root-user", "--mount", "sh", "-c"];
    let directory = Directory::new();
    let mut trial = Command::new("unshare");
    trial.args(["--map-root-user", "--mount", "mount", "-t", "tmpfs", "tmpfs"]).arg(&directory.0);
    if !trial.stderr(Stdio::null()).status().is_ok_and(|status| status.success()) {
        let is_required = env::var("SESSION_TEST_REQUIRE").is_ok_and(|names| names.contains("tmpfs"));
        assert!(!is_required, "nothing can be mounted here");
        return eprintln!("not tested: nothing can be mounted here");
    }
    let words = [&words[..], &[MOUNT]].concat();
    let output = run_again(&words, test, &directory.0).output().unwrap();
    let shown = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success() && shown.contains("1 passed"), "{shown}");
}

fn store(directory: &Path) -> SqliteStore {
    let file = directory.join("sessions.db");
    SqliteStore::builder(&url(&file)).budget(Duration::from_secs(60)).build().unwrap()
}

fn says(error: &StoreError, cure: &str) -> bool {
    format!("{error:?}").contains(cure)
}

#[test]
fn a_full_disk_refuses_what_it_has_no_room_for_and_loses_nothing() {
    on_a_small_disk("a_full_disk_refuses_what_it_has_no_room_for_and_loses_nothing", |home| {
        let (store, ballast) = (store(&home.join("disk")), home.join("ballast"));
        store.create(&key(1, 0), write(1, b""), None).unwrap();
        fs::write(&ballast, vec![1; 300_000]).unwrap();
        let data = [7; 10_000];
        let mut created = 1;
        let refused = loop {
            match store.create(&key(1, created), write(1, &data), None) {
                Ok(_) => created += 1,
                Err(error) => break error,
            }
            assert!(created < 100);
        };
        assert_eq!((refused.kind(), refused.applied()), (StoreErrorKind::OutOfSpace, Applied::No));
        assert!(says(&refused, "the disk is full: free some of it"));
        assert!(created > 5, "{created} sessions fit");
        // Together as well, and none waits for ever.
        thread::scope(|scope| {
            for number in 0..16 {
                let (store, data) = (&store, &data);
                scope.spawn(move || {
                    let error = store.create(&key(2, number), write(1, data), None).unwrap_err();
                    assert_eq!((error.kind(), error.applied()), (StoreErrorKind::OutOfSpace, Applied::No));
                });
            }
        });
        let loads = |number| store.load(&key(1, number)).unwrap().is_some();
        assert!((0..created).all(loads) && !loads(created), "reading goes on, and says what is there");
        assert!((0..16).all(|number| store.load(&key(2, number)).unwrap().is_none()));
        fs::remove_file(&ballast).unwrap();
        store.create(&key(1, created), write(1, &data), None).unwrap();
        assert_eq!(store.delete(&key(1, 0), Some(revision(1)), None).unwrap(), DeleteOutcome::Deleted);
        assert!((1..=created).all(loads));
    });
}

#[test]
fn what_does_not_fit_fails_alone_in_its_transaction() {
    on_a_small_disk("what_does_not_fit_fails_alone_in_its_transaction", |home| {
        let file = home.join("disk/sessions.db");
        let builder = SqliteStore::builder(&url(&file)).budget(Duration::from_secs(60));
        let store = builder.build().unwrap();
        let keys = [key(1, 0), key(1, 1), key(1, 2)];
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            for key in &keys[..2] {
                api::Store::create(&store, key, write(1, b"old"), None).await.unwrap();
            }
            let mut ballast = File::create(home.join("ballast")).unwrap();
            while ballast.write_all(&[1; 1024]).is_ok() {}
            ballast.set_len(ballast.metadata().unwrap().len() - 150_000).unwrap();
            let holder = Connection::open(&file).unwrap();
            holder.execute_batch("BEGIN IMMEDIATE").unwrap();
            let data = [7; 400_000];
            // The first may have been taken before the others came.
            let first = begin(api::Store::touch(&store, &keys[0], revision(1), support::TTL));
            let one = begin(api::Store::commit(&store, &keys[0], revision(1), write(2, b"new")));
            let large = begin(api::Store::create(&store, &keys[2], write(1, &data), None));
            let other = begin(api::Store::commit(&store, &keys[1], revision(1), write(2, b"new")));
            drop(holder);
            first.await.unwrap();
            assert_eq!(one.await.unwrap(), CommitOutcome::Written);
            assert_eq!(large.await.unwrap_err().kind(), StoreErrorKind::OutOfSpace);
            assert_eq!(other.await.unwrap(), CommitOutcome::Written);
            assert_eq!(api::Store::load(&store, &keys[2]).await.unwrap(), None);
        });
    });
}

#[test]
fn a_disk_that_cannot_be_written_is_read_and_says_so() {
    on_a_small_disk("a_disk_that_cannot_be_written_is_read_and_says_so", |home| {
        let (written, view) = (store(&home.join("disk")), store(&home.join("view")));
        assert_eq!(
            view.load(&key(1, 0)).unwrap_err().kind(),
            StoreErrorKind::Unavailable,
            "there is no file"
        );
        written.create(&key(1, 0), write(1, b"data"), None).unwrap();
        assert_eq!(view.load(&key(1, 0)).unwrap().unwrap().data, "data");
        for refused in [
            view.delete(&key(1, 0), None, None).unwrap_err(),
            view.create(&key(1, 1), write(1, b""), None).unwrap_err(),
        ] {
            let expected = (StoreErrorKind::ReadOnly, Applied::No);
            assert_eq!((refused.kind(), refused.applied()), expected, "{refused:?}");
            assert!(says(&refused, "let the user of the program write there"), "{refused:?}");
        }
        assert!(written.load(&key(1, 0)).unwrap().is_some());
        drop(view);
        drop(written);
        // The last connection to be closed removes the log, without which the file cannot be read here, if it may write.
        let file = home.join("disk/sessions.db");
        while with_suffix(&file, "-wal").exists() {
            let last = Connection::open(&file).unwrap();
            last.query_row("SELECT COUNT(*) FROM session", [], |_| Ok(())).unwrap();
        }
        let view = store(&home.join("view"));
        for error in [view.load(&key(1, 0)).unwrap_err(), view.delete(&key(1, 0), None, None).unwrap_err()] {
            let expected = (StoreErrorKind::Unavailable, Applied::No);
            assert_eq!((error.kind(), error.applied()), expected, "{error:?}");
            assert!(says(&error, "may write in its directory"), "{error:?}");
        }
    });
}
