//! A fresh table for each case, on a server that all cases share.

#![allow(dead_code, reason = "not every test uses all")]

pub(crate) mod pair;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use mysql::{Conn, params, prelude::Queryable as _};
use session_mysql::{Builder, MysqlStore, Schema};
use session_testkit::{OpenError, Opened};

/// Tables that are made by an administrator, and what tests do to them beside the store.
#[derive(Clone)]
pub(crate) struct Tables {
    url: String,
    admin: Arc<Mutex<Conn>>,
    made: Arc<AtomicU32>,
}

/// Which faces a case is run through.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Faces {
    Both,
    Nonblocking,
    Blocking,
}

impl Tables {
    /// For an administrator, by its URL.
    pub(crate) fn new(url: &str) -> Result<Self, OpenError> {
        let mut admin = Conn::new(url)?;
        admin.query_drop("SET SESSION autocommit=1")?;
        let admin = Arc::new(Mutex::new(admin));
        Ok(Self { url: url.to_owned(), admin, made: Arc::default() })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn admin(&self, text: impl AsRef<str>) {
        self.admin.lock().unwrap().query_drop(text).unwrap();
    }

    /// A new table of a name that begins like this, and that no other run of the tests has.
    pub(crate) fn table(&self, name: &str) -> String {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let table = format!("{name}{}_{number}", std::process::id());
        self.admin(Schema::new(&table).unwrap().create_table());
        table
    }

    /// A store on the table, patient enough for a busy machine.
    pub(crate) fn builder(url: &str, table: &str) -> Builder {
        let patience = Duration::from_secs(20);
        MysqlStore::builder(url)
            .table(table)
            .connect_timeout(patience)
            .response_timeout(patience)
            .budget(patience)
    }

    /// The store with its faces. The table goes when both have gone.
    pub(crate) fn opened(&self, builder: Builder, faces: Faces, table: &str) -> Result<Opened, OpenError> {
        let opened = match faces {
            Faces::Both => Opened::both(builder.clone().build()?, builder.build_blocking()?),
            Faces::Nonblocking => Opened::nonblocking(builder.build()?),
            Faces::Blocking => Opened::blocking(builder.build_blocking()?),
        };
        let guard = Made { tables: self.clone(), name: table.to_owned() };
        let opened = opened.with_guard(guard);
        let (this, name) = (self.clone(), table.to_owned());
        // Nothing depends on how long the row that an owner's transactions lock is there.
        Ok(opened.with_index_loss(move |family| {
            let family = family.as_bytes();
            let text = format!("DELETE FROM {name} WHERE family=:family AND digest=REPEAT(CHAR(0),32)");
            this.admin.lock().unwrap().exec_drop(text, params! { "family" => family }).unwrap();
        }))
    }

    /// Lets time pass for the table: everything in it becomes so much older.
    pub(crate) fn pass(&self, table: &str, time: Duration) {
        let millis = time.as_millis();
        self.admin(format!(
            "UPDATE {table} SET expires_at=expires_at-{millis},created_at=created_at-{millis}"
        ));
    }
}

/// Far more than a case takes, so that the real time beside the moved one does not matter.
pub(crate) const RESOLUTION: Duration = Duration::from_secs(10);

/// A table, for as long as its case runs.
struct Made {
    tables: Tables,
    name: String,
}

impl Drop for Made {
    fn drop(&mut self) {
        self.tables.admin(format!("DROP TABLE {}", self.name));
    }
}
