//! An acknowledged write stays, and takes effect once, whatever happens to the server. Prints what it saw.
//!
//! A short load by default; `SESSION_TEST_LONG=1` makes it a minute with ten crashes, and 100,000 requests.

#![cfg(all(feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "test code")]

use std::{thread, time::Duration};

use session_postgres::{Builder, PostgresStore, Schema, blocking};
use session_testservers::{
    PgBouncer, Postgres, PostgresPair,
    load::{Census, Crowd, Load, Progress, Tally},
    proxy::{Mode, Proxy},
};

/// Far above the time that any request may take, for a machine that is busy.
const BOUND: Duration = Duration::from_secs(60);

fn is_long() -> bool {
    std::env::var_os("SESSION_TEST_LONG").is_some_and(|value| value == "1")
}

fn server() -> Postgres {
    let server = Postgres::start().unwrap();
    server.sql(&Schema::new("alo_session").unwrap().create_table()).unwrap();
    server
}

/// Nothing was lost, done twice or mixed up, and no request waited long.
fn assert_sound(what: &str, tally: &Tally) {
    println!("{what}: {tally}");
    assert_eq!((tally.lost, tally.doubled, tally.foreign, tally.gone), (0, 0, 0, 0), "{tally}");
    assert!(tally.acknowledged > 0 && tally.longest_request < BOUND, "{tally}");
}

/// Kills the server and starts it again, under load, and waits each time until there are writes again.
fn crash(server: &Postgres, progress: &Progress) {
    let (crashes, pause) =
        if is_long() { (10, Duration::from_secs(5)) } else { (3, Duration::from_millis(500)) };
    for _ in 0..crashes {
        thread::sleep(pause);
        server.kill().unwrap();
        thread::sleep(pause / 5);
        server.restart().unwrap();
        assert!(progress.advances(50, BOUND), "the store does not recover");
    }
}

#[test]
fn a_server_that_is_killed_again_and_again_loses_no_acknowledged_write() {
    let server = server();
    let store = PostgresStore::connect(&server.url()).unwrap();
    let tally = Load::new(16, 4).run(store, |progress| crash(&server, progress)).unwrap();
    assert_sound("killed, asynchronous", &tally);
    let store = blocking::PostgresStore::connect(&server.url()).unwrap();
    let tally = Load::new(16, 4).run_blocking(store, |progress| crash(&server, progress)).unwrap();
    assert_sound("killed, blocking", &tally);
}

/// What a pooler between both loses with its own end is told, and its other end is not taken for the server's.
#[test]
fn a_pooler_that_is_restarted_again_and_again_loses_no_acknowledged_write() {
    let server = server();
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
    assert_sound("pooler, asynchronous", &Load::new(16, 4).run(store, restart).unwrap());
    let store = blocking::PostgresStore::connect(&bouncer.url()).unwrap();
    assert_sound("pooler, blocking", &Load::new(16, 4).run_blocking(store, restart).unwrap());
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
    assert_sound("failover", &Load::new(16, 4).run(store, fail_over).unwrap());
}

/// Holds back replies, cuts and stalls until there were enough requests.
fn disturb(proxy: &Proxy, progress: &Progress) {
    let wanted = if is_long() { 100_000 } else { 2_000 };
    // Short enough for some requests to get their reply late, long enough for others to give up.
    let pause = Duration::from_millis(30);
    while progress.requests() < wanted {
        for mode in
            [Mode::Pass, Mode::HoldReplies, Mode::Pass, Mode::Stall, Mode::Delay(Duration::from_millis(1))]
        {
            proxy.set(mode);
            thread::sleep(pause);
        }
        proxy.cut();
    }
    proxy.set(Mode::Pass);
}

#[test]
fn a_stalling_network_and_cancelled_requests_mix_nothing_up() {
    let server = server();
    let proxy = Proxy::start(server.address()).unwrap();
    let url = server.url().replacen(&server.address().to_string(), &proxy.address().to_string(), 1);
    let impatient = || -> Builder {
        PostgresStore::builder(&url)
            .pool_size(16)
            .connect_timeout(Duration::from_millis(100))
            .response_timeout(Duration::from_millis(25))
            .budget(Duration::from_millis(150))
    };
    let cancelled = Load::new(16, 16).cancelling(Duration::from_millis(80));
    let tally = cancelled.run(impatient().build().unwrap(), |progress| disturb(&proxy, progress)).unwrap();
    assert_sound("cancelled and stalled, asynchronous", &tally);
    let store = impatient().build_blocking().unwrap();
    let tally = Load::new(16, 16).run_blocking(store, |progress| disturb(&proxy, progress)).unwrap();
    assert_sound("stalled, blocking", &tally);
}

/// No id from before a sign-out everywhere opens a session, and no owner has more sessions than the cap.
fn assert_orderly(what: &str, census: &Census) {
    println!("{what}: {census}");
    assert_eq!((census.survived, census.over_cap, census.failed), (0, 0, 0), "{census}");
    assert!(
        census.sign_ins > 0 && census.rotations > 0 && census.ended > 0 && census.checked > 0,
        "{census}"
    );
}

#[test]
fn a_crowd_of_devices_keeps_nothing_that_was_ended_and_no_more_than_the_cap() {
    let server = server();
    let crowd = Crowd::new(8, 2).requests(if is_long() { 100_000 } else { 3_000 });
    let patient =
        PostgresStore::builder(&server.url()).connect_timeout(BOUND).response_timeout(BOUND).budget(BOUND);
    let census = crowd.run(patient.clone().build().unwrap()).unwrap();
    assert_orderly("asynchronous", &census);
    let census = crowd.refusing().run_blocking(patient.build_blocking().unwrap()).unwrap();
    assert_orderly("blocking, refusing", &census);
    assert!(census.refused > 0, "{census}");
}
