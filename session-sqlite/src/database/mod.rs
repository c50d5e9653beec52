//! The file: how it is opened, and what must be so.

mod access;
mod mount;
mod schema;

use std::{
    ops::Deref,
    path::Path,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, limits::Limit};
use session_core::store::StoreErrorKind;
use session_net::process_mark;

pub(crate) use self::schema::prepare;

use crate::{
    failure::{Failure, Result},
    options::Options,
};

/// How long SQLite waits for another program before the thread looks at its jobs again.
const LOCK_WAIT: Duration = Duration::from_millis(100);
/// The largest row: a record of 16 MiB with its keys.
const ROW_BYTES: i32 = (16 << 20) + 200;
/// The log is merged into the file after so many pages, which are 4 MiB. One that has grown larger, because a program has read
/// for long, is cut to 16 MiB. What is in the file is not trusted.
const SETTINGS: &str = "PRAGMA wal_autocheckpoint=1000; PRAGMA journal_size_limit=16777216; PRAGMA temp_store=MEMORY; \
                        PRAGMA cell_size_check=ON; PRAGMA trusted_schema=OFF";

/// The process that has connections, and how many.
static OPENED_BY: AtomicU64 = AtomicU64::new(0);
static OPEN: AtomicUsize = AtomicUsize::new(0);

/// A connection to the file at the path of the options.
pub(crate) struct Database {
    connection: Connection,
    identity: Option<access::Identity>,
}

impl Database {
    /// Opens the file. The first time it is created if it is missing.
    pub(crate) fn open(options: &Options) -> Result<Self> {
        let this = process_mark();
        if OPENED_BY.load(Ordering::Relaxed) != this && OPEN.load(Ordering::Relaxed) > 0 {
            return Err(forked());
        }
        OPENED_BY.store(this, Ordering::Relaxed);
        mount::check(&options.path)?;
        access::find(&options.path, options.may_create.load(Ordering::Relaxed))?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&options.path, flags)?;
        connection.busy_timeout(LOCK_WAIT)?;
        connection.set_prepared_statement_cache_capacity(32);
        connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, ROW_BYTES)?;
        // Before anything is changed, because the file may be another program's.
        if schema::is_empty(&connection)? {
            // Later it would count no more, and wait for a writer.
            connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
        }
        let journal: String = connection.query_row("PRAGMA journal_mode=WAL", [], |row| row.get(0))?;
        if journal != "wal" {
            let what = format!(
                "its file system has no shared memory for a write-ahead log (the journal is `{journal}`): \
                 keep the file on a local disk"
            );
            return Err(Failure::found(StoreErrorKind::Unsupported, what));
        }
        connection.pragma_update(None, "synchronous", options.synchronous.word())?;
        connection.execute_batch(SETTINGS)?;
        prepare(&connection)?;
        options.may_create.store(false, Ordering::Relaxed);
        OPEN.fetch_add(1, Ordering::Relaxed);
        Ok(Self { connection, identity: access::identity(&options.path) })
    }

    /// Whether the file is still at its path: what is written to another one would be found by nobody. SQLite itself spares what
    /// has replaced the file when it closes the connection.
    pub(crate) fn is_in_place(&self, path: &Path) -> bool {
        let is_in_place = self.identity == access::identity(path);
        if !is_in_place {
            tracing::warn!(target: "alo_session", "the file of the sessions was moved away or replaced while it was open");
        }
        is_in_place
    }
}

impl Deref for Database {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        OPEN.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The locks of a file belong to a process, and SQLite in a forked one believes that it holds those of its parent.
pub(crate) fn forked() -> Failure {
    let cure = "the file was opened before a fork: make the store in the child, when the parent has none";
    Failure::found(StoreErrorKind::Unsupported, cure)
}
