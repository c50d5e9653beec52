//! The published rules of a store, on a real server through both faces.

#![allow(clippy::unwrap_used, reason = "test code")]

use std::{
    process::ExitCode,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use mysql::prelude::Queryable as _;
use session_mysql::{MysqlStore, Schema};
use session_testkit::{Claims, Fixture, OpenError, Opened, servers::Target};

struct Mysql {
    opened: AtomicU32,
    root: Mutex<Option<mysql::Conn>>,
}

impl Fixture for Mysql {
    fn name(&self) -> &str {
        "mysql"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        let url = Target::mysql()?.url();
        let table = format!("case{}", self.opened.fetch_add(1, Ordering::Relaxed));
        {
            let mut root = self.root.lock().unwrap();
            if root.is_none() {
                *root = Some(mysql::Conn::new(url)?);
            }
            root.as_mut().unwrap().query_drop(Schema::new(&table)?.create_table())?;
        }
        let builder = MysqlStore::builder(url)
            .table(&table)
            .response_timeout(Duration::from_secs(20))
            .connect_timeout(Duration::from_secs(20))
            .budget(Duration::from_secs(20));
        Ok(Opened::both(builder.clone().build()?, builder.build_blocking()?))
    }

    fn claims(&self) -> Claims {
        Claims::everything()
    }
}

fn main() -> ExitCode {
    session_testkit::main(Mysql { opened: AtomicU32::new(0), root: Mutex::new(None) })
}
