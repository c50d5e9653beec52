use std::{
    io,
    net::SocketAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use session_sql::Builder;
use session_testkit::{Claims, Errand, Fixture, Means, Network, OpenError, Opened, distance};
use session_testservers::proxy::Proxy;

use crate::{
    Database, Server as _,
    tables::{Apis, Tables, claims},
};

/// The published rules of a store, on the server that all cases share through both APIs.
pub struct Conformance<D: Database> {
    tables: OnceLock<Arc<Tables<D>>>,
}

impl<D: Database> Conformance<D> {
    /// Nothing is connected before the first case.
    #[must_use]
    pub const fn new() -> Self {
        Self { tables: OnceLock::new() }
    }

    fn tables(&self, url: &str) -> &Arc<Tables<D>> {
        self.tables.get_or_init(|| Tables::new(url))
    }
}

impl<D: Database> Default for Conformance<D> {
    fn default() -> Self {
        Self::new()
    }
}

impl<D: Database> Fixture for Conformance<D> {
    fn name(&self) -> &str {
        D::NAME
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        let url = D::target()?.url();
        let tables = self.tables(url);
        let table = tables.table("case");
        let opened = |url: &str| {
            let opened = tables.opened(Tables::<D>::builder(url, &table), Apis::Both, &table)?;
            Ok(opened.with_clock(tables.clock(&table)).clock_runs().at(format!("{table} {url}")))
        };
        let Some(server) = D::target()?.server().filter(|_| !distance().is_zero()) else {
            return opened(url);
        };
        let proxy = away(server.address())?;
        // So far away most cases wait most of the time, and many run at once.
        tables.execute(D::MAKE_ROOM);
        let url = url.replacen(&server.address().to_string(), &proxy.address().to_string(), 1);
        Ok(opened(&url)?.at_distance().with_guard(proxy))
    }

    /// The other process needs no clock, because the time of the table is moved.
    async fn join(&self, place: &str) -> Result<Opened, OpenError> {
        let (table, url) = place.split_once(' ').ok_or("a place is a table and a URL")?;
        Apis::Both.opened(Tables::<D>::builder(url, table))
    }

    async fn open_behind_proxy(&self) -> Result<(Opened, Box<dyn Network>), OpenError> {
        let target = D::target()?;
        let host = target.server().ok_or_else(|| OpenError::no_proxy("the server is not ours"))?.address();
        let proxy = away(host)?;
        let url = target.url().replacen(&host.to_string(), &proxy.address().to_string(), 1);
        let tables = self.tables(target.url());
        let table = tables.table("fault");
        let mut store = Builder::<D::Dialect>::new(&url).table(&table);
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

    /// As in the READMEs. A transaction adds two round trips: its begin and its end.
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
