//! A program that forks after it has used its store.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use std::{fs, process};

use fork::Fork;
use session_core::store::{Applied, BlockingStore as _, StoreError, StoreErrorKind};
use session_sqlite::SqliteStore;
use support::{Directory, key, revision, write};

#[test]
fn a_child_is_refused_and_its_parent_goes_on() {
    let directory = Directory::new();
    let store = SqliteStore::open(&directory.url()).unwrap();
    store.create(&key(1, 0), write(1, b"parent"), None).unwrap();
    assert!(store.load(&key(1, 0)).unwrap().is_some());
    let report = directory.0.join("report");
    let child = match fork::fork().unwrap() {
        Fork::Child => {
            let inherited = store.load(&key(1, 0)).unwrap_err();
            let made_anew = SqliteStore::open(&directory.url()).unwrap().delete(&key(1, 0), None, None);
            drop(store);
            fs::write(&report, format!("{inherited}\n{}", made_anew.unwrap_err())).unwrap();
            process::exit(0);
        }
        Fork::Parent(child) => child,
    };
    fork::waitpid(child).unwrap();
    let refused = StoreError::new(StoreErrorKind::Unsupported, Applied::No).to_string();
    assert_eq!(fs::read_to_string(&report).unwrap(), format!("{refused}\n{refused}"));
    store.commit(&key(1, 0), revision(1), write(2, b"after")).unwrap();
    assert_eq!(store.load(&key(1, 0)).unwrap().unwrap().data, "after");
}

#[test]
fn a_store_that_is_made_after_the_fork_works_in_the_child() {
    let directory = Directory::new();
    // The other test of this program may have a store, so this one is run by a program of its own.
    let Some(home) = support::home() else {
        let name = "a_store_that_is_made_after_the_fork_works_in_the_child";
        assert!(support::run_again(&[], name, &directory.0).output().unwrap().status.success());
        return;
    };
    let url = support::url(&home.join("sessions.db"));
    let child = match fork::fork().unwrap() {
        Fork::Child => {
            let made = SqliteStore::open(&url).unwrap().create(&key(1, 0), write(1, b"child"), None);
            process::exit(i32::from(made.is_err()));
        }
        Fork::Parent(child) => child,
    };
    fork::waitpid(child).unwrap();
    assert_eq!(SqliteStore::open(&url).unwrap().load(&key(1, 0)).unwrap().unwrap().data, "child");
}
