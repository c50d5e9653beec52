//! The published rules again, on servers with other settings and for a user with the least privileges.

#![cfg(all(feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use std::{sync::Arc, time::Duration};

use session_mysql::Schema;
use session_testkit::{
    Claims, Fixture, OpenError, Opened, Outcome, Rule, examine,
    rules::{
        ALL, CLOCK_2, COMMIT_1, COMMIT_5, COMMIT_6, CREATE_1, CREATE_3, DELETE_1, FAMILY_2, FAMILY_3, LOAD_1,
        LOAD_2, LOAD_3, PEER_1, ROTATE_1, SWEEP_1, TOUCH_2, TTL_1, TTL_2,
    },
};
use session_testservers::MariaDb;
use support::{Apis, Tables, claims};

/// A server, and how stores connect to it.
#[derive(Clone)]
struct Variant {
    server: Arc<MariaDb>,
    tables: Tables,
    /// The URL of the store, with its user.
    url: String,
    /// The prefix of the names of tables.
    table: &'static str,
    apis: Apis,
    is_time_moved: bool,
}

impl Variant {
    /// A server with every setting that could get in the way.
    fn odd() -> Self {
        let settings =
            ["sql_mode=", "default_time_zone=+05:30", "autocommit=0", "transaction-isolation=SERIALIZABLE"];
        let variant = Self::on(&settings, "elsewhere.Odd_");
        variant.tables.admin("CREATE DATABASE elsewhere");
        variant
    }

    /// A server that is as strict as possible, and a user with the least privileges.
    fn strict() -> Self {
        let modes =
            "sql_mode=TRADITIONAL,ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,ONLY_FULL_GROUP_BY";
        let settings = [modes, "default_time_zone=-08:00", "transaction-isolation=REPEATABLE-READ"];
        let mut variant = Self::on(&settings, "case");
        variant.tables.admin("CREATE USER 'app'@'127.0.0.1' IDENTIFIED BY 'p@ss/word'");
        variant.url = format!("mysql://app:p%40ss%2Fword@{}/{}", variant.server.address(), MariaDb::DATABASE);
        variant
    }

    fn on(settings: &[&str], table: &'static str) -> Self {
        let builder = settings.iter().fold(MariaDb::builder(), |builder, line| builder.config(*line));
        let server = Arc::new(builder.start().unwrap());
        let (url, tables) = (server.url(), Tables::new(&server.url()).unwrap());
        Self { server, tables, url, table, apis: Apis::Both, is_time_moved: true }
    }

    fn keeps(&self, apis: Apis, rules: &[&'static Rule]) {
        let mut kept = 0;
        for finding in examine(Self { apis, ..self.clone() }, rules) {
            match finding.outcome() {
                Outcome::Kept => kept += 1,
                Outcome::ClaimedAway(_) | Outcome::NotChecked(_) => {}
                Outcome::Broken(report) => panic!("{report}"),
            }
        }
        assert!(kept >= rules.len(), "{kept} cases of {} rules", rules.len());
    }
}

impl Fixture for Variant {
    fn name(&self) -> &str {
        "mysql"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        let table = self.tables.table(self.table);
        if self.url != self.tables.url() {
            let name = format!("{}.{table}", MariaDb::DATABASE);
            self.tables.admin(Schema::new(&name)?.grant("app@127.0.0.1"));
        }
        let opened = self.tables.opened(Tables::builder(&self.url, &table), self.apis, &table)?;
        let opened = match self.is_time_moved {
            true => opened.with_clock(self.tables.clock(&table)).clock_runs(),
            false => opened,
        };
        Ok(opened.at(table))
    }

    async fn join(&self, place: &str) -> Result<Opened, OpenError> {
        self.apis.opened(Tables::builder(&self.url, place))
    }

    fn claims(&self) -> Claims {
        claims()
    }

    fn resolution(&self) -> Duration {
        if self.is_time_moved { Duration::from_millis(1) } else { Duration::from_millis(20) }
    }
}

/// Those that settings and privileges could break; all of them with `SESSION_TEST_VARIANTS=all`.
fn rules() -> &'static [&'static Rule] {
    match std::env::var("SESSION_TEST_VARIANTS").as_deref() {
        Ok("all") => ALL,
        _ => &[
            &CREATE_1, &CREATE_3, &LOAD_2, &LOAD_3, &COMMIT_1, &COMMIT_5, &ROTATE_1, &DELETE_1, &FAMILY_2,
            &FAMILY_3, &SWEEP_1, &CLOCK_2, &PEER_1,
        ],
    }
}

#[test]
fn an_odd_server_asynchronously() {
    Variant::odd().keeps(Apis::Nonblocking, rules());
}

#[test]
fn an_odd_server_blocking() {
    Variant::odd().keeps(Apis::Blocking, rules());
}

#[test]
fn a_strict_server_and_a_user_of_least_privileges_asynchronously() {
    Variant::strict().keeps(Apis::Nonblocking, rules());
}

#[test]
fn a_strict_server_and_a_user_of_least_privileges_blocking() {
    Variant::strict().keeps(Apis::Blocking, rules());
}

/// The other runs move the time, which is coarser.
#[test]
fn deadlines_are_kept_by_the_servers_own_clock() {
    let variant = Variant { is_time_moved: false, ..Variant::odd() };
    variant.keeps(Apis::Both, &[&LOAD_1, &COMMIT_6, &TOUCH_2, &TTL_1, &TTL_2]);
}
