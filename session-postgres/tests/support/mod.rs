//! A fresh table for each case, on a server that all cases share.

#![allow(dead_code, reason = "not every test uses all")]

pub(crate) mod admin;
pub(crate) mod here;
pub(crate) mod pair;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use admin::Admin;
use session_postgres::{Builder, PostgresStore, Schema};
use session_testkit::{Claims, OpenError, Opened};

/// Creates tables as an administrator, and changes them behind the back of the store.
#[derive(Clone)]
pub(crate) struct Tables {
    url: String,
    admin: Arc<Admin>,
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
        let admin = Arc::new(Admin::connect(url)?);
        Ok(Self { url: url.to_owned(), admin, made: Arc::default() })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    fn quoted(name: &str) -> String {
        format!("\"{}\"", name.replace('.', "\".\""))
    }

    /// Carries the statements out.
    pub(crate) fn admin(&self, text: impl AsRef<str>) {
        self.admin.execute(text.as_ref());
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
        PostgresStore::builder(url)
            .table(table)
            .connect_timeout(patience)
            .response_timeout(patience)
            .budget(patience)
    }

    /// The store with its APIs. The table is dropped with the last of them.
    pub(crate) fn opened(&self, builder: Builder, apis: Apis, table: &str) -> Result<Opened, OpenError> {
        let opened = apis.opened(builder)?;
        let guard = Made { tables: self.clone(), name: Self::quoted(table) };
        let opened = opened.with_guard(guard);
        let (this, name) = (self.clone(), Self::quoted(table));
        let opened = opened.with_count(move || this.admin.number(&format!("SELECT COUNT(*) FROM {name}")));
        let (this, name) = (self.clone(), Self::quoted(table));
        // Without its mark, a session of the owner that has ended would live again if its row had not been removed.
        Ok(opened.with_index_loss(move |family| {
            let family: String = family.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
            let owner = "decode(repeat('00',32),'hex')";
            this.admin(format!(
                "DELETE FROM {name} WHERE family=decode('{family}','hex') AND digest={owner}"
            ));
        }))
    }

    /// Sets the time of a table: everything in it becomes older or younger by what the time differs from that before.
    pub(crate) fn clock(&self, table: &str) -> impl Fn(Duration) + Send + Sync + use<> {
        let (this, table, now) = (self.clone(), Self::quoted(table), Mutex::new(0));
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
