//! An acknowledged write stays, and takes effect once, whatever happens to the server. Prints what it saw.
//!
//! A short load by default; `SESSION_TEST_LONG=1` makes it a minute with ten crashes, and 100,000 requests.

use std::time::Duration;

use session_sql::Builder;
use session_testservers::{
    load::{Crowd, Load, Progress, assert_orderly, assert_sound, crash, disturb, is_long},
    proxy::Proxy,
};

use crate::{Database, Server as _, pair::BOUND, start};

/// Kills the server under load, through both APIs.
pub fn a_server_that_is_killed_again_and_again_loses_no_acknowledged_write<D: Database>() {
    let server = start::<D>(&[]);
    let builder = Builder::<D::Dialect>::new(&server.url());
    let crash = |progress: &Progress| crash(progress, 50, BOUND, || server.kill(), || server.restart());
    let store = builder.clone().build().unwrap();
    assert_sound("killed, asynchronous", &Load::new(16, 4).run(store, crash).unwrap(), BOUND);
    let store = builder.build_blocking().unwrap();
    assert_sound("killed, blocking", &Load::new(16, 4).run_blocking(store, crash).unwrap(), BOUND);
}

/// Stalls and cuts the network under load, and cancels requests.
pub fn a_stalling_network_and_cancelled_requests_mix_nothing_up<D: Database>() {
    let server = start::<D>(&[]);
    let proxy = Proxy::start(server.address()).unwrap();
    let url = server.url().replacen(&server.address().to_string(), &proxy.address().to_string(), 1);
    let impatient = || {
        Builder::<D::Dialect>::new(&url)
            .pool_size(16)
            .connect_timeout(Duration::from_millis(100))
            .response_timeout(Duration::from_millis(25))
            .budget(Duration::from_millis(150))
    };
    let disturb = |progress: &Progress| disturb(progress, 2_000, Duration::from_millis(30), &proxy);
    let cancelled = Load::new(16, 16).cancelling(Duration::from_millis(80));
    let tally = cancelled.run(impatient().build().unwrap(), disturb).unwrap();
    assert_sound("cancelled and stalled, asynchronous", &tally, BOUND);
    let store = impatient().build_blocking().unwrap();
    let tally = Load::new(16, 16).run_blocking(store, disturb).unwrap();
    assert_sound("stalled, blocking", &tally, BOUND);
}

/// Devices sign in, rotate and sign out, with a cap.
pub fn a_crowd_of_devices_keeps_nothing_that_was_ended_and_no_more_than_the_cap<D: Database>() {
    let server = start::<D>(&[]);
    let crowd = Crowd::new(8, 2).requests(if is_long() { 100_000 } else { 3_000 });
    let patient = Builder::<D::Dialect>::new(&server.url())
        .connect_timeout(BOUND)
        .response_timeout(BOUND)
        .budget(BOUND);
    let census = crowd.run(patient.clone().build().unwrap()).unwrap();
    assert_orderly("asynchronous", &census);
    let census = crowd.refusing().run_blocking(patient.build_blocking().unwrap()).unwrap();
    assert_orderly("blocking, refusing", &census);
    assert!(census.refused > 0, "{census}");
}
