use std::{
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use session_sql::{
    Builder, Schema, Table,
    blocking::Blocking,
    maintenance::{Maintained, Maintenance},
    nonblocking::Asynchronous,
};
use session_testkit::{Claims, OpenError, Opened};

use crate::Database;

/// Creates tables as an administrator, and changes them behind the back of the store.
pub(crate) struct Tables<D: Database> {
    admin: Mutex<Maintenance<D::Dialect>>,
    made: AtomicU32,
}

/// The APIs that a case is run through.
#[derive(Debug, Clone, Copy)]
pub enum Apis {
    /// Both, each on tables of its own.
    Both,
    /// The asynchronous one.
    Nonblocking,
    /// The blocking one.
    Blocking,
}

impl Apis {
    /// The store with these APIs, on a table that exists already.
    pub(crate) fn opened<D: Asynchronous + Blocking>(self, builder: Builder<D>) -> Result<Opened, OpenError> {
        Ok(match self {
            Self::Both => Opened::both(builder.clone().build()?, builder.build_blocking()?),
            Self::Nonblocking => Opened::nonblocking(builder.build()?),
            Self::Blocking => Opened::blocking(builder.build_blocking()?),
        })
    }
}

impl<D: Database> Tables<D> {
    /// Connects with the URL of an administrator.
    pub(crate) fn new(url: &str) -> Arc<Self> {
        let admin = Maintenance::connect(url, None).unwrap();
        Arc::new(Self { admin: Mutex::new(admin), made: AtomicU32::default() })
    }

    fn admin(&self) -> MutexGuard<'_, Maintenance<D::Dialect>> {
        self.admin.lock().unwrap()
    }

    /// Carries the statements out. The server may roll them back so that a store in a race can go on.
    pub(crate) fn execute(&self, text: impl AsRef<str>) {
        let mut admin = self.admin();
        while let Err(error) = admin.execute(text.as_ref()) {
            assert!(error.state().is_some_and(|state| state.starts_with("40")), "{error}");
        }
    }

    /// Creates a table whose name begins with `name` and differs from those of all other runs.
    pub(crate) fn table(&self, name: &str) -> String {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let table = format!("{name}{}_{number}", std::process::id());
        self.execute(Schema::<D::Dialect>::new(&table).unwrap().create_table());
        table
    }

    /// The builder of a store on the table, patient enough for a busy machine.
    pub(crate) fn builder(url: &str, table: &str) -> Builder<D::Dialect> {
        let patience = Duration::from_secs(20);
        Builder::new(url).table(table).connect_timeout(patience).response_timeout(patience).budget(patience)
    }

    /// The store with its APIs. The table is dropped with the last of them.
    pub(crate) fn opened(
        self: &Arc<Self>,
        builder: Builder<D::Dialect>,
        apis: Apis,
        table: &str,
    ) -> Result<Opened, OpenError> {
        let name = quoted::<D>(table);
        let opened = apis.opened(builder)?.with_guard(Made { tables: Arc::clone(self), name: name.clone() });
        let (this, rows) = (Arc::clone(self), format!("SELECT COUNT(*) FROM {name}"));
        let opened = opened.with_count(move || {
            let rows = this.admin().ask(&rows, "the number of rows").unwrap();
            let [[Some(number)]] = &rows[..] else { panic!("{rows:?}") };
            number.parse().unwrap()
        });
        let this = Arc::clone(self);
        // Without its mark, a session of the owner that has ended would live again if its row had not been removed.
        Ok(opened.with_index_loss(move |family| {
            let family: String = family.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
            let [family, owner] = [family, "00".repeat(32)].map(|hex| D::Dialect::bytes(&hex));
            this.execute(format!("DELETE FROM {name} WHERE family={family} AND digest={owner}"));
        }))
    }

    /// Sets the time of a table: everything in it becomes older or younger by what the time differs from that before.
    pub(crate) fn clock(self: &Arc<Self>, table: &str) -> impl Fn(Duration) + Send + Sync + use<D> {
        let (this, table, now) = (Arc::clone(self), quoted::<D>(table), Mutex::new(0));
        move |time| {
            let (mut now, to) = (now.lock().unwrap(), i64::try_from(time.as_millis()).unwrap());
            let by = to - std::mem::replace(&mut *now, to);
            let moved =
                ["expires_at", "created_at", "mark"].map(|column| format!("{column}={column}-({by})"));
            this.execute(format!("UPDATE {table} SET {}", moved.join(",")));
        }
    }
}

fn quoted<D: Database>(table: &str) -> String {
    Table::new(table).unwrap().quoted::<D::Dialect>()
}

/// What a table keeps longer than its sessions.
pub(crate) fn claims() -> Claims {
    let days = Duration::from_hours(24 * 402);
    Claims::everything().keeps_for(days, "the row of an owner has the mark, which outlives what it ends")
}

/// A table that exists as long as its case runs.
struct Made<D: Database> {
    tables: Arc<Tables<D>>,
    name: String,
}

impl<D: Database> Drop for Made<D> {
    fn drop(&mut self) {
        self.tables.execute(format!("DROP TABLE {}", self.name));
    }
}
