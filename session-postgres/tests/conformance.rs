//! The published rules of a store, on a real server through both APIs.

#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use std::{io, net::SocketAddr, process::ExitCode, sync::OnceLock, time::Duration};

use session_postgres::PostgresStore;
use session_testkit::{Claims, Errand, Fixture, Means, Network, OpenError, Opened, distance};
use session_testservers::{Target, proxy::Proxy};
use support::{Apis, Tables, claims};

struct Postgres;

impl Fixture for Postgres {
    fn name(&self) -> &str {
        "postgres"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        let url = Target::postgres()?.url();
        let tables = tables(url);
        let table = tables.table("case");
        let opened = |url: &str| {
            let opened = tables.opened(Tables::builder(url, &table), Apis::Both, &table)?;
            Ok(opened.with_clock(tables.clock(&table)).clock_runs().at(format!("{table} {url}")))
        };
        let Some(server) = Target::postgres()?.server().filter(|_| !distance().is_zero()) else {
            return opened(url);
        };
        let proxy = away(server.address())?;
        let url = url.replacen(&server.address().to_string(), &proxy.address().to_string(), 1);
        Ok(opened(&url)?.at_distance().with_guard(proxy))
    }

    /// The other process needs no clock, because the time of the table is moved.
    async fn join(&self, place: &str) -> Result<Opened, OpenError> {
        let (table, url) = place.split_once(' ').ok_or("a place is a table and a URL")?;
        Apis::Both.opened(Tables::builder(url, table))
    }

    async fn open_behind_proxy(&self) -> Result<(Opened, Box<dyn Network>), OpenError> {
        let target = Target::postgres()?;
        let host = target.server().ok_or_else(|| OpenError::no_proxy("the server is not ours"))?.address();
        let proxy = away(host)?;
        let url = target.url().replacen(&host.to_string(), &proxy.address().to_string(), 1);
        let tables = tables(target.url());
        let table = tables.table("fault");
        let mut store = PostgresStore::builder(&url).table(&table);
        let far = distance();
        if !far.is_zero() {
            // The usual limits and what so far away must be added: a connection takes several round trips.
            store = store.connect_timeout(Duration::from_millis(500) + far * 30);
            store = store.response_timeout(Duration::from_secs(1) + far * 10);
            store = store.budget(Duration::from_secs(2) + far * 80);
        }
        let opened = tables.opened(store, Apis::Both, &table)?;
        Ok((opened.with_clock(tables.clock(&table)).clock_runs().at_distance(), Box::new(proxy)))
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
        claims().budget(budget).without(Means::Corruption, typed)
    }
}

/// A proxy that puts the server as far away as the run asks for.
fn away(server: SocketAddr) -> io::Result<Proxy> {
    let proxy = Proxy::start(server)?;
    proxy.set_distance(distance());
    Ok(proxy)
}

fn tables(url: &str) -> Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| Tables::new(url).unwrap()).clone()
}

fn main() -> ExitCode {
    session_testkit::main(Postgres)
}
