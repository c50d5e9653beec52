//! The published rules of a store, through both APIs, with another process on the same file.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

mod support;

use std::{
    path::Path,
    process::ExitCode,
    time::{Duration, UNIX_EPOCH},
};

use rusqlite::Connection;
use session_sqlite::{SqliteStore, Synchronous};
use session_testkit::{Claims, Fixture, Means, ModelClock, OpenError, Opened};
use support::Directory;

struct Sqlite;

impl Fixture for Sqlite {
    fn name(&self) -> &str {
        "sqlite"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        let directory = Directory::new();
        let file = directory.file();
        let place = format!("{} {}", UNIX_EPOCH.elapsed()?.as_millis(), file.display());
        let (counted, corrupted) = (file.clone(), file);
        Ok(opened(&place)?
            .at(place)
            .with_count(move || count(&counted))
            .with_corruption(move |key| {
                let broken = "UPDATE session SET revision=x'00' WHERE family=?1 AND digest=?2";
                let file = connect(&corrupted);
                let changed = file.execute(broken, (key.family.as_bytes(), key.digest.as_bytes()));
                assert_eq!(changed, Ok(1), "the record was just stored");
            })
            .with_guard(directory))
    }

    async fn join(&self, place: &str) -> Result<Opened, OpenError> {
        opened(place)
    }

    fn claims(&self) -> Claims {
        Claims::everything()
            .without(Means::Proxy, "it has no server, and what a disk does wrong is in its own tests")
            .without(Means::IndexLoss, "SQLite keeps its indexes within the step that changes the rows")
    }
}

/// Opens both stores on the file, with a clock that began at this moment and is moved by the kit.
fn opened(place: &str) -> Result<Opened, OpenError> {
    let (began, file) = place.split_once(' ').ok_or("a place is a moment and a file")?;
    let began = UNIX_EPOCH + Duration::from_millis(began.parse()?);
    let clock = ModelClock::default();
    let builder = || {
        let reads = clock.clone();
        // Many cases wait for one disk.
        let builder = SqliteStore::builder(&format!("sqlite:{file}")).clock(move || began + reads.now());
        builder.budget(Duration::from_secs(30)).synchronous(Synchronous::Normal)
    };
    let opened = Opened::both(builder().build()?, builder().build()?);
    Ok(opened.with_clock(move |time| clock.set(time)))
}

fn connect(file: &Path) -> Connection {
    let connection = Connection::open(file).expect("the store has made the file");
    connection.busy_timeout(Duration::from_secs(30)).expect("a setting");
    connection
}

/// The rows of all tables. A store that was not used yet has none.
fn count(file: &Path) -> u64 {
    if !file.exists() {
        return 0;
    }
    let rows = connect(file).query_row("SELECT COUNT(*) FROM session", [], |row| row.get::<_, u32>(0));
    rows.expect("the table is there").into()
}

fn main() -> ExitCode {
    session_testkit::main(Sqlite)
}
