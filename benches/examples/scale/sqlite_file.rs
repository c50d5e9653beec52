use std::{env, fs, path::PathBuf, process};

use rusqlite::Connection;
use session_sqlite::{Builder, SqliteStore, Synchronous};

/// A file in a directory of its own, which goes with this value.
pub(crate) struct SqliteFile(PathBuf);

impl SqliteFile {
    pub(crate) fn new() -> Self {
        let directory = env::temp_dir().join(format!("session-scale-{}", process::id()));
        fs::create_dir(&directory).unwrap();
        Self(directory)
    }

    /// The disk is waited for when the log is merged only, so that the disk is not measured.
    pub(crate) fn store(&self) -> Builder {
        SqliteStore::builder(&format!("sqlite:{}", self.file().display())).synchronous(Synchronous::Normal)
    }

    /// The pages of data and indexes. The store makes the file.
    pub(crate) fn bytes(&self) -> u64 {
        if !self.file().exists() {
            return 0;
        }
        let pages = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
        let file = Connection::open(self.file()).unwrap();
        file.query_row(pages, [], |row| row.get::<_, i64>(0)).unwrap().cast_unsigned()
    }

    fn file(&self) -> PathBuf {
        self.0.join("sessions.db")
    }
}

impl Drop for SqliteFile {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
