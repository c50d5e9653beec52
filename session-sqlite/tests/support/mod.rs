//! What several tests need.
#![allow(dead_code, reason = "each test uses a part")]
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that panics has failed")]

use std::{
    env, fs,
    future::Future,
    path::{Path, PathBuf},
    pin::Pin,
    process::{self, Command},
    sync::atomic::{AtomicU64, Ordering},
    task::{Context, Waker},
    time::Duration,
};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{Revision, Write},
};

/// A directory of its own for each test, removed when the test ends.
pub(crate) struct Directory(pub(crate) PathBuf);

impl Directory {
    pub(crate) fn new() -> Self {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("session-sqlite-{}-{number}", process::id()));
        fs::create_dir_all(&path).expect("a directory for the test");
        Self(path)
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.0.join("sessions.db")
    }

    pub(crate) fn url(&self) -> String {
        url(&self.file())
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn url(file: &Path) -> String {
    format!("sqlite:{}", file.display())
}

/// Long enough for any test.
pub(crate) const TTL: Duration = Duration::from_secs(3600);

pub(crate) fn family(number: u64) -> Family {
    Family::of_owner(&number.to_string(), None)
}

/// A session of an owner.
pub(crate) fn key(owner: u64, number: u64) -> StoreKey {
    let mut digest = [7; 32];
    digest[..8].copy_from_slice(&number.to_be_bytes());
    StoreKey { family: family(owner), digest: Digest::from_bytes(digest) }
}

pub(crate) fn revision(number: u64) -> Revision {
    Revision::from_bytes(u128::from(number).to_be_bytes())
}

pub(crate) fn write(number: u64, data: &[u8]) -> Write<'_> {
    Write { next: revision(number), data, ttl: TTL }
}

/// How many transactions are in the log of the file, which nothing has merged yet.
pub(crate) fn transactions(file: &Path) -> usize {
    let log = fs::read(with_suffix(file, "-wal")).unwrap_or_default();
    let Some(header) = log.get(..32) else { return 0 };
    let page = u32::from_be_bytes(header[8..12].try_into().expect("four bytes"));
    let frames = log[32..].chunks(page as usize + 24);
    // The last frame of a transaction has the size of the file, and each the salts of the log.
    frames.filter(|frame| frame.len() > 24 && frame[8..16] == header[16..24] && frame[4..8] != [0; 4]).count()
}

pub(crate) fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// The variable that names the directory of a test to the process that it has started.
const HOME: &str = "SESSION_SQLITE_TEST_HOME";

/// The directory of the test, if this is a process that a test has started.
pub(crate) fn home() -> Option<PathBuf> {
    env::var_os(HOME).map(PathBuf::from)
}

/// The command that runs this one test of this program again, with the words in front of it. It panics if the test failed.
pub(crate) fn run_again(before: &[&str], test: &str, home: &Path) -> Command {
    let this = env::current_exe().expect("the path of the test").into_os_string();
    let words = before.iter().map(Into::into).chain([this]).collect::<Vec<_>>();
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).args(["--exact", test, "--nocapture", "--test-threads=1"]).env(HOME, home);
    command
}

/// Hands the operation to the store, which answers later.
pub(crate) fn begin<F: Future>(future: F) -> Pin<Box<F>> {
    let mut future = Box::pin(future);
    assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    future
}
