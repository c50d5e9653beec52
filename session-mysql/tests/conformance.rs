//! The published rules of a store, on a real server through both faces.

#![allow(clippy::unwrap_used, reason = "test code")]

mod support;

use std::{process::ExitCode, sync::OnceLock, time::Duration};

use session_testkit::{Fixture, OpenError, Opened, servers::Target};
use support::{Faces, RESOLUTION, Tables};

struct Mysql;

impl Fixture for Mysql {
    fn name(&self) -> &str {
        "mysql"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        static TABLES: OnceLock<Tables> = OnceLock::new();
        let url = Target::mysql()?.url();
        let tables = TABLES.get_or_init(|| Tables::new(url).unwrap()).clone();
        let table = tables.table("case");
        let opened = tables.opened(Tables::builder(url, &table), Faces::Both, &table)?;
        Ok(opened.with_clock(move |time| tables.pass(&table, time)))
    }

    /// The time that is moved is the table's; `variants.rs` checks deadlines to the millisecond.
    fn resolution(&self) -> Duration {
        RESOLUTION
    }
}

fn main() -> ExitCode {
    session_testkit::main(Mysql)
}
