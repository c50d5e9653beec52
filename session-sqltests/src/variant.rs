//! A server with other settings, as somebody else may have set it up, and the published rules on it.

use std::{sync::Arc, time::Duration};

use session_sql::Schema;
use session_testkit::{Claims, Fixture, OpenError, Opened, Outcome, Rule, examine, rules};

use crate::{
    Database, Server as _,
    tables::{Apis, Tables, claims},
};

/// A server with other settings, and how stores connect to it.
pub struct Variant<D: Database> {
    /// The server.
    pub server: D::Server,
    tables: Arc<Tables<D>>,
    /// The URL of the store, with its user.
    pub url: String,
    /// What the names of the tables begin with.
    pub table: &'static str,
    /// Who must be granted each table, if it is not an administrator.
    pub account: Option<&'static str>,
    /// Whether the time of the tables is moved, or passes.
    pub is_time_moved: bool,
}

/// A variant, and the APIs through which it is looked at.
struct Examined<D: Database>(Arc<Variant<D>>, Apis);

impl<D: Database> Variant<D> {
    /// A server with these lines of configuration.
    pub fn on(settings: &[&str], table: &'static str) -> Self {
        let server = D::Server::start_with(settings);
        let (url, tables) = (server.url(), Tables::new(&server.url()));
        Self { server, tables, url, table, account: None, is_time_moved: true }
    }

    /// Checks that the rules are kept.
    pub fn keeps(self, apis: Apis, rules: &[&'static Rule]) {
        let mut kept = 0;
        for finding in examine(Examined(Arc::new(self), apis), rules) {
            match finding.outcome() {
                Outcome::Kept => kept += 1,
                Outcome::ClaimedAway(_) | Outcome::NotChecked(_) => {}
                Outcome::Broken(report) => panic!("{report}"),
            }
        }
        assert!(kept >= rules.len(), "{kept} cases of {} rules", rules.len());
    }

    /// Checks by the servers' own clock, which is finer than a time that is moved.
    pub fn keeps_deadlines(self) {
        let rules = [&rules::LOAD_1, &rules::COMMIT_6, &rules::TOUCH_2, &rules::TTL_1, &rules::TTL_2];
        Self { is_time_moved: false, ..self }.keeps(Apis::Both, &rules);
    }
}

/// The rules that settings and privileges could break; all of them with `SESSION_TEST_VARIANTS=all`.
#[must_use]
pub fn those_or_all(rules: &'static [&'static Rule]) -> &'static [&'static Rule] {
    match std::env::var("SESSION_TEST_VARIANTS").as_deref() {
        Ok("all") => rules::ALL,
        _ => rules,
    }
}

impl<D: Database> Fixture for Examined<D> {
    fn name(&self) -> &str {
        D::NAME
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        let Variant { tables, url, account, is_time_moved, .. } = &*self.0;
        let table = tables.table(self.0.table);
        if let Some(account) = account {
            tables.execute(Schema::<D::Dialect>::new(&table)?.grant(account));
        }
        let opened = tables.opened(Tables::<D>::builder(url, &table), self.1, &table)?;
        let opened = match is_time_moved {
            true => opened.with_clock(tables.clock(&table)).clock_runs(),
            false => opened,
        };
        Ok(opened.at(table))
    }

    async fn join(&self, place: &str) -> Result<Opened, OpenError> {
        self.1.opened(Tables::<D>::builder(&self.0.url, place))
    }

    fn claims(&self) -> Claims {
        claims()
    }

    fn resolution(&self) -> Duration {
        if self.0.is_time_moved { Duration::from_millis(1) } else { Duration::from_millis(20) }
    }
}
