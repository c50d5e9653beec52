//! The store keeps every rule of the contract.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{self, ExitCode},
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, UNIX_EPOCH},
};

use file_store::FileStore;
use session_core::id::StoreKey;
use session_testkit::{Claims, Fixture, Means, ModelClock, OpenError, Opened};

struct Files;

impl Fixture for Files {
    fn name(&self) -> &str {
        "file-store"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        let directory = Directory::new();
        let (began, files) = (UNIX_EPOCH.elapsed()?.as_millis(), directory.0.clone());
        let (place, counted) = (format!("{began} {}", files.display()), files.clone());
        Ok(opened(&place)?
            .at(place)
            .with_count(move || count(&counted))
            .with_corruption(move |key| corrupt(&files, key).expect("the record was just stored"))
            .with_guard(directory))
    }

    async fn join(&self, place: &str) -> Result<Opened, OpenError> {
        opened(place)
    }

    fn claims(&self) -> Claims {
        Claims::everything()
            .without(Means::Proxy, "it has no server")
            .without(Means::IndexLoss, "it has no index apart from the records")
            .leaves(64, "a lock file can never be removed safely, and all families share 64 of them")
    }
}

/// Opens a store in the directory, with a clock that began at this moment and is moved by the kit.
fn opened(place: &str) -> Result<Opened, OpenError> {
    let (began, directory) = place.split_once(' ').ok_or("a place is a moment and a directory")?;
    let began = UNIX_EPOCH + Duration::from_millis(began.parse()?);
    let clock = ModelClock::default();
    let reads = clock.clone();
    let store = FileStore::with_clock(directory, move || began + reads.now())?;
    Ok(Opened::blocking(store).with_clock(move |time| clock.set(time)))
}

fn main() -> ExitCode {
    session_testkit::main(Files)
}

/// The sessions in all files, and the files.
fn count(directory: &Path) -> u64 {
    let names =
        fs::read_dir(directory).expect("the directory is there").map(|entry| entry.expect("a file").path());
    let mut count = 0;
    for path in names {
        count += 1;
        // The head of an entry is 48 bytes, and its last eight have the length of the record behind it.
        let (bytes, mut at) = (fs::read(&path).unwrap_or_default(), 0);
        while let Some(length) = bytes.get(at + 40..at + 48) {
            at += 48 + u64::from_be_bytes(length.try_into().expect("eight bytes")) as usize;
            count += 1;
        }
    }
    count
}

/// Gives the record a format that no release of the store has ever written.
fn corrupt(directory: &Path, key: &StoreKey) -> io::Result<()> {
    let name: String = key.family.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let path = directory.join(name + ".sessions");
    let mut bytes = fs::read(&path)?;
    let digest = bytes.windows(32).position(|window| window == key.digest.as_bytes());
    let format = digest.and_then(|digest| bytes.get_mut(digest + 32 + 16)).ok_or(io::ErrorKind::NotFound)?;
    *format = 0xee;
    fs::write(path, bytes)
}

/// A directory of its own for each case, removed when the case ends.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        static OPENED: AtomicU64 = AtomicU64::new(0);
        let name = format!("file-store-{}-{}", process::id(), OPENED.fetch_add(1, Ordering::Relaxed));
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
