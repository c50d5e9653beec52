//! The published rules of a store, on a real server through both APIs.

#![allow(clippy::unwrap_used, reason = "test code")]

mod support;

use std::{process::ExitCode, sync::OnceLock, time::Duration};

use session_mysql::MysqlStore;
use session_testkit::{Claims, Errand, Fixture, Means, Network, OpenError, Opened};
use session_testservers::{Target, proxy::Proxy};
use support::{Apis, RESOLUTION, Tables};

struct Mysql;

impl Fixture for Mysql {
    fn name(&self) -> &str {
        "mysql"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        let url = Target::mysql()?.url();
        let tables = tables(url);
        let table = tables.table("case");
        let opened = tables.opened(Tables::builder(url, &table), Apis::Both, &table)?;
        Ok(opened.with_clock(tables.clock(&table)))
    }

    async fn open_behind_proxy(&self) -> Result<(Opened, Box<dyn Network>), OpenError> {
        let target = Target::mysql()?;
        let host = target.server().ok_or_else(|| OpenError::no_proxy("the server is not ours"))?.address();
        let proxy = Proxy::start(host)?;
        let url = target.url().replacen(&host.to_string(), &proxy.address().to_string(), 1);
        let tables = tables(target.url());
        let table = tables.table("fault");
        let store = MysqlStore::builder(&url).table(&table);
        let opened = tables.opened(store, Apis::Both, &table)?;
        Ok((opened.with_clock(tables.clock(&table)), Box::new(proxy)))
    }

    /// As in the README. A transaction adds two round trips: its begin and its end.
    fn claims(&self) -> Claims {
        let budget = Errand::ALL.iter().map(|errand| match errand {
            Errand::CommitConflict | Errand::CommitGone | Errand::Sweep => (*errand, 2),
            Errand::CreateOwned | Errand::RotateLeaving => (*errand, 4),
            Errand::CreateCapped => (*errand, 5),
            Errand::CreateEvicting | Errand::RevokeOne | Errand::RevokeFifty => (*errand, 6),
            _ => (*errand, 1),
        });
        let typed = "every row of its table is a record: the columns have fixed types";
        Claims::everything().budget(budget).without(Means::Corruption, typed)
    }

    /// The tests move the time of the table; `variants.rs` checks deadlines to the millisecond.
    fn resolution(&self) -> Duration {
        RESOLUTION
    }
}

fn tables(url: &str) -> Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| Tables::new(url).unwrap()).clone()
}

fn main() -> ExitCode {
    session_testkit::main(Mysql)
}
