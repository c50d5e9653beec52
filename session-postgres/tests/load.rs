//! An acknowledged write stays, and takes effect once, whatever happens to the server. Prints what it saw.
//!
//! A short load by default; `SESSION_TEST_LONG=1` makes it a minute with ten crashes, and 100,000 requests.

#![cfg(all(unix, feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use session_postgres::{PostgresStore, Schema, blocking};
use session_sqltests::{load, start};
use session_testservers::{
    PgBouncer, PostgresPair,
    load::{Load, Progress, assert_sound, is_long},
    proxy::Proxy,
};
use support::{here::Here, pair::BOUND};

session_sqltests::tests!(
    Here,
    load: a_server_that_is_killed_again_and_again_loses_no_acknowledged_write,
    a_stalling_network_and_cancelled_requests_mix_nothing_up,
    a_crowd_of_devices_keeps_nothing_that_was_ended_and_no_more_than_the_cap,
);

/// What a pooler between both loses with its own end is told, and its other end is not taken for the server's.
#[test]
fn a_pooler_that_is_restarted_again_and_again_loses_no_acknowledged_write() {
    let server = start::<Here>(&[]);
    let bouncer = PgBouncer::start(&server, &["default_pool_size=4"]).unwrap();
    let restart = |progress: &Progress| {
        for _ in 0..if is_long() { 10 } else { 3 } {
            assert!(progress.advances(50, BOUND), "the store does not recover");
            bouncer.kill().unwrap();
            bouncer.restart().unwrap();
        }
        assert!(progress.advances(50, BOUND), "the store does not recover");
    };
    let store = PostgresStore::connect(&bouncer.url()).unwrap();
    assert_sound("pooler, asynchronous", &Load::new(16, 4).run(store, restart).unwrap(), BOUND);
    let store = blocking::PostgresStore::connect(&bouncer.url()).unwrap();
    assert_sound("pooler, blocking", &Load::new(16, 4).run_blocking(store, restart).unwrap(), BOUND);
}

/// A commit is acknowledged when the standby has it, so a failover loses none.
#[test]
fn a_failover_loses_no_acknowledged_write() {
    let pair = PostgresPair::start().unwrap();
    pair.primary().sql(&Schema::new("alo_session").unwrap().create_table()).unwrap();
    pair.commit_on_both().unwrap();
    let proxy = Proxy::start(pair.primary().address()).unwrap();
    let url = pair.primary().url();
    let url = url.replacen(&pair.primary().address().to_string(), &proxy.address().to_string(), 1);
    let store = PostgresStore::connect(&url).unwrap();
    let fail_over = |progress: &Progress| {
        assert!(progress.advances(200, BOUND), "there are no writes");
        pair.primary().kill().unwrap();
        proxy.lead_to(pair.standby().address());
        pair.promote().unwrap();
        assert!(progress.advances(200, BOUND), "the store does not recover");
    };
    assert_sound("failover", &Load::new(16, 4).run(store, fail_over).unwrap(), BOUND);
}
