//! A fresh table for each case, on a server that all cases share.

#![allow(dead_code, reason = "not every test uses all")]

pub(crate) mod here;
pub(crate) mod middleman;
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
use session_testkit::{Claims, OpenError, Opened};

/// Creates tables as an administrator, and changes them behind the back of the store.
#[derive(Clone)]
pub(crate) struct Tables {
    url: String,
    admin: Arc<Mutex<Conn>>,
    made: Arc<AtomicU32>,
}

/// The APIs that a case is run through.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Apis {
    Both,
    Nonblocking,
    Blocking,
}

impl Apis {
    /// The store with these APIs, on a table that exists already.
    pub(crate) fn opened(self, builder: Builder) -> Result<Opened, OpenError> {
        Ok(match self {
            Self::Both => Opened::both(builder.clone().build()?, builder.build_blocking()?),
            Self::Nonblocking => Opened::nonblocking(builder.build()?),
            Self::Blocking => Opened::blocking(builder.build_blocking()?),
        })
    }
}

impl Tables {
    /// Connects with the URL of an administrator.
    pub(crate) fn new(url: &str) -> Result<Self, OpenError> {
        let mut admin = Conn::new(url)?;
        admin.query_drop("SET SESSION autocommit=1")?;
        let admin = Arc::new(Mutex::new(admin));
        Ok(Self { url: url.to_owned(), admin, made: Arc::default() })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Carries the statement out. The server may choose it as the victim of a deadlock with a store in a race; then it has
    /// undone all of it.
    pub(crate) fn admin(&self, text: impl AsRef<str>) {
        const DEADLOCK: u16 = 1213;
        let mut admin = self.admin.lock().unwrap();
        while let Err(error) = admin.query_drop(&text) {
            assert!(matches!(&error, mysql::Error::MySqlError(error) if error.code == DEADLOCK), "{error}");
        }
    }

    /// Creates a table whose name begins with `name` and differs from those of all other runs.
    pub(crate) fn table(&self, name: &str) -> String {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let table = format!("{name}{}_{number}", std::process::id());
        self.admin(Schema::new(&table).unwrap().create_table());
        table
    }

    /// The builder of a store on the table, patient enough for a busy machine.
    pub(crate) fn builder(url: &str, table: &str) -> Builder {
        let patience = Duration::from_secs(20);
        MysqlStore::builder(url)
            .table(table)
            .connect_timeout(patience)
            .response_timeout(patience)
            .budget(patience)
    }

    /// The store with its APIs. The table is dropped with the last of them.
    pub(crate) fn opened(&self, builder: Builder, apis: Apis, table: &str) -> Result<Opened, OpenError> {
        let opened = apis.opened(builder)?;
        let guard = Made { tables: self.clone(), name: table.to_owned() };
        let opened = opened.with_guard(guard);
        let (this, name) = (self.clone(), table.to_owned());
        let opened = opened.with_count(move || {
            let rows = format!("SELECT COUNT(*) FROM {name}");
            this.admin.lock().unwrap().query_first(rows).unwrap().unwrap()
        });
        let (this, name) = (self.clone(), table.to_owned());
        // Without its mark, a session of the owner that has ended would live again if its row had not been removed.
        Ok(opened.with_index_loss(move |family| {
            let family = family.as_bytes();
            let text = format!("DELETE FROM {name} WHERE family=:family AND digest=REPEAT(CHAR(0),32)");
            this.admin.lock().unwrap().exec_drop(text, params! { "family" => family }).unwrap();
        }))
    }

    /// Sets the time of a table: everything in it becomes older or younger by what the time differs from that before.
    pub(crate) fn clock(&self, table: &str) -> impl Fn(Duration) + Send + Sync + use<> {
        let (this, table, now) = (self.clone(), table.to_owned(), Mutex::new(0));
        move |time| {
            let (mut now, to) = (now.lock().unwrap(), i64::try_from(time.as_millis()).unwrap());
            let by = to - std::mem::replace(&mut *now, to);
            let moved =
                ["expires_at", "created_at", "mark"].map(|column| format!("{column}={column}-({by})"));
            this.admin(format!("UPDATE {table} SET {}", moved.join(",")));
        }
    }
}

/// What a table keeps longer than its sessions.
pub(crate) fn claims() -> Claims {
    let days = Duration::from_hours(24 * 402);
    Claims::everything().keeps_for(days, "the row of an owner has the mark, which outlives what it ends")
}

/// A table that exists as long as its case runs.
struct Made {
    tables: Tables,
    name: String,
}

impl Drop for Made {
    fn drop(&mut self) {
        self.tables.admin(format!("DROP TABLE {}", self.name));
    }
}
