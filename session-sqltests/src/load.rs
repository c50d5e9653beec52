//! An acknowledged write stays, and takes effect once, whatever happens to the server. Prints what it saw.
//!
//! A short load by default; `SESSION_TEST_LONG=1` makes it a minute with ten crashes, and 100,000 requests.

use std::{thread, time::Duration};

use session_sql::Builder;
use session_testservers::{
    load::{Census, Crowd, Load, Progress, Tally},
    proxy::{Mode, Proxy},
};

use crate::{Database, Server, pair::BOUND, start};

/// Whether the run is that of the night.
#[must_use]
pub fn is_long() -> bool {
    std::env::var_os("SESSION_TEST_LONG").is_some_and(|value| value == "1")
}

/// Nothing was lost, done twice or mixed up, and no request waited long.
pub fn assert_sound(what: &str, tally: &Tally) {
    println!("{what}: {tally}");
    assert_eq!((tally.lost, tally.doubled, tally.foreign, tally.gone), (0, 0, 0, 0), "{tally}");
    assert!(tally.acknowledged > 0 && tally.longest_request < BOUND, "{tally}");
}

/// Kills the server and starts it again, under load, and waits each time until there are writes again.
fn crash(server: &impl Server, progress: &Progress) {
    let (crashes, pause) =
        if is_long() { (10, Duration::from_secs(5)) } else { (3, Duration::from_millis(500)) };
    for _ in 0..crashes {
        thread::sleep(pause);
        server.kill();
        thread::sleep(pause / 5);
        server.restart();
        assert!(progress.advances(50, BOUND), "the store does not recover");
    }
}

/// Kills the server under load, through both APIs.
pub fn a_server_that_is_killed_again_and_again_loses_no_acknowledged_write<D: Database>() {
    let server = start::<D>(&[]);
    let builder = Builder::<D::Dialect>::new(&server.url());
    let store = builder.clone().build().unwrap();
    let tally = Load::new(16, 4).run(store, |progress| crash(&server, progress)).unwrap();
    assert_sound("killed, asynchronous", &tally);
    let store = builder.build_blocking().unwrap();
    let tally = Load::new(16, 4).run_blocking(store, |progress| crash(&server, progress)).unwrap();
    assert_sound("killed, blocking", &tally);
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
