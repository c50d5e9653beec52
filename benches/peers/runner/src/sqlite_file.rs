use std::{
    env, fs,
    path::PathBuf,
    process,
    sync::atomic::{AtomicU32, Ordering},
};

use rusqlite::Connection;

/// A file of SQLite in a directory of its own, which goes with this value.
#[derive(Debug)]
pub struct SqliteFile {
    directory: PathBuf,
}

impl SqliteFile {
    pub(crate) fn new() -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let name = format!("peers-sqlite-{}-{}", process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let directory = env::temp_dir().join(name);
        fs::create_dir(&directory).unwrap();
        Self { directory }
    }

    pub(crate) fn url(&self) -> String {
        format!("sqlite:{}", self.path().display())
    }

    /// All rows of all tables, counted.
    pub(crate) fn records(&self) -> u64 {
        // The program makes the file.
        if !self.path().exists() {
            return 0;
        }
        let count = |table: String| self.number(&format!("SELECT COUNT(*) FROM \"{table}\""));
        let file = self.connect();
        let mut tables = file.prepare("SELECT name FROM sqlite_schema WHERE type='table'").unwrap();
        tables.query_map([], |row| row.get(0)).unwrap().map(|table| count(table.unwrap())).sum()
    }

    /// The pages of data and indexes.
    pub(crate) fn bytes(&self) -> u64 {
        self.number("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
    }

    /// The bytes of the file and of its log.
    pub(crate) fn content(&self) -> String {
        let files = [self.path(), self.path().with_extension("db-wal")];
        files
            .iter()
            .filter_map(|file| fs::read(file).ok())
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .collect()
    }

    fn path(&self) -> PathBuf {
        self.directory.join("sessions.db")
    }

    fn number(&self, sql: &str) -> u64 {
        self.connect().query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap().cast_unsigned()
    }

    fn connect(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }
}

impl Drop for SqliteFile {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.directory);
    }
}
