//! A file of SQLite: looked at, counted, collected and emptied.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    time::{Duration, SystemTime},
};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{BlockingStore as _, Revision, Write},
};
use session_sqlite::SqliteStore;
use session_testservers::Directory;
use support::{assert_ok, assert_says, run};

fn url(directory: &Directory) -> String {
    format!("sqlite:{}", directory.path().join("sessions.db").display())
}

/// Makes a session for each of these owners, by this clock.
fn fill(url: &str, owners: std::ops::Range<u32>, clock: impl Fn() -> SystemTime + Send + Sync + 'static) {
    let store = SqliteStore::builder(url).clock(clock).budget(Duration::from_secs(60)).build().unwrap();
    for owner in owners {
        let family = Family::of_owner(&owner.to_string(), None);
        let key = StoreKey { family, digest: Digest::from_bytes([7; 32]) };
        let ttl = Duration::from_secs(3600);
        store.create(&key, Write { next: Revision::default(), data: b"data", ttl }, None).unwrap();
    }
}

#[test]
fn a_file_is_looked_at_collected_and_emptied() {
    let directory = Directory::new().unwrap();
    let url = url(&directory);
    let missing = run(&url, &["sqlite"]);
    assert!(missing.code == Some(1) && missing.stderr.contains("no file yet"), "{missing:?}");
    assert!(!directory.path().join("sessions.db").exists());
    fill(&url, 0..3, SystemTime::now);
    fill(&url, 3..1200, || SystemTime::UNIX_EPOCH);
    // A warning, which fails if that is asked for.
    assert_says(&url, &["sqlite", "--strict"], 1, &["live 3", "expired 1197", "do: session-setup gc"]);
    let text = assert_ok(&url, &["sqlite", "--check"]);
    assert!(text.contains("damage       none") && text.contains("throw-away session was written"), "{text}");
    assert!(assert_ok(&url, &["gc"]).contains("1197 expired rows removed"));
    // The trial has left nothing.
    assert!(assert_ok(&url, &["stats"]).starts_with("live     3\nowned    3\nexpired  0\n"));
    assert!(assert_ok(&url, &["sessions", "1"]).contains("1 sessions"));
    assert!(assert_ok(&url, &["revoke", "1"]).contains("1 sessions ended"));
    assert!(assert_ok(&url, &["revoke", "--all", "--yes"]).contains("2 sessions of 2 owners ended"));
    assert!(assert_ok(&url, &["stats"]).starts_with("live     0\n"));
}

#[test]
fn what_is_wrong_with_a_file_is_said_with_the_cure() {
    let directory = Directory::new().unwrap();
    let (url, file) = (url(&directory), directory.path().join("sessions.db"));
    fill(&url, 0..1, SystemTime::now);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let exposed = run(&url, &["sqlite"]);
    assert!(exposed.code == Some(1) && exposed.stderr.contains("chmod 600"), "{exposed:?}");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let other = format!("sqlite:{}", directory.path().join("missing/sessions.db").display());
    assert!(run(&other, &["sqlite"]).stderr.contains("create its directory"));
    assert_says(&url, &["sqlite", "--json"], 0, &["\"name\": \"trial\"", "\"ok\": true"]);
}
