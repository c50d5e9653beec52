//! The published rules again: through PgBouncer in transaction mode, in another schema and time zone, and for a user with the
//! least privileges.

#![cfg(all(feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

mod support;

use std::{sync::Arc, time::Duration};

use session_postgres::Schema;
use session_testkit::{
    Claims, Fixture, OpenError, Opened, Outcome, Rule, examine,
    rules::{
        ALL, CLOCK_2, COMMIT_1, COMMIT_6, CREATE_3, DELETE_1, FAMILY_2, FAMILY_3, LOAD_1, LOAD_3, PEER_1,
        ROTATE_1, SWEEP_1, TOUCH_2, TTL_1, TTL_2,
    },
};
use session_testservers::{PgBouncer, Postgres};
use support::{Apis, Tables, claims};

/// A server, and how stores connect to it.
#[derive(Clone)]
struct Variant {
    bouncer: Arc<PgBouncer>,
    server: Arc<Postgres>,
    tables: Tables,
    /// The URL of the store, with its user.
    url: String,
    apis: Apis,
    is_time_moved: bool,
}

impl Variant {
    /// A server with every setting that could get in the way, and a user with the least privileges. The store has a schema of
    /// its own.
    fn start() -> Self {
        let settings = [
            "timezone='Asia/Karachi'",
            "default_transaction_isolation=serializable",
            "standard_conforming_strings=off",
            "backslash_quote=off",
            "bytea_output=escape",
            "extra_float_digits=-15",
            "intervalstyle=sql_standard",
            "plan_cache_mode=force_generic_plan",
        ];
        let builder = settings.iter().fold(Postgres::builder(), |builder, line| builder.config(*line));
        let server = Arc::new(builder.start().unwrap());
        server.sql("CREATE ROLE \"the app\" LOGIN; CREATE SCHEMA elsewhere").unwrap();
        server.sql("GRANT USAGE ON SCHEMA elsewhere TO \"the app\"").unwrap();
        let bouncer = Arc::new(PgBouncer::start(&server, &["default_pool_size=8"]).unwrap());
        let tables = Tables::new(&server.url()).unwrap();
        let url = server.url().replace(&format!("{}@", Postgres::USER), "the%20app@");
        Self { bouncer, server, tables, url, apis: Apis::Both, is_time_moved: true }
    }

    fn through_bouncer(mut self) -> Self {
        let [server, bouncer] =
            [self.server.address(), self.bouncer.address()].map(|address| address.to_string());
        self.url = self.url.replace(&server, &bouncer);
        self
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
        "postgres"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        let table = self.tables.table("elsewhere.Case_");
        self.tables.admin(Schema::new(&table)?.grant("the app"));
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

/// Those that settings, privileges and poolers could break; all of them with `SESSION_TEST_VARIANTS=all`.
fn rules() -> &'static [&'static Rule] {
    match std::env::var("SESSION_TEST_VARIANTS").as_deref() {
        Ok("all") => ALL,
        _ => &[
            &CREATE_3, &LOAD_3, &COMMIT_1, &ROTATE_1, &DELETE_1, &FAMILY_2, &FAMILY_3, &SWEEP_1, &CLOCK_2,
            &PEER_1,
        ],
    }
}

#[test]
fn an_odd_server_and_a_user_of_least_privileges_blocking() {
    Variant::start().keeps(Apis::Blocking, rules());
}

#[test]
fn the_same_through_pgbouncer_asynchronously() {
    Variant::start().through_bouncer().keeps(Apis::Nonblocking, rules());
}

/// The other runs move the time, which is coarser.
#[test]
fn deadlines_are_kept_by_the_servers_own_clock() {
    let variant = Variant { is_time_moved: false, ..Variant::start() }.through_bouncer();
    variant.keeps(Apis::Both, &[&LOAD_1, &COMMIT_6, &TOUCH_2, &TTL_1, &TTL_2]);
}
