//! What is done to a server under load, and what must be so afterwards.
#![allow(clippy::print_stdout, reason = "a test prints what it has counted")]

use std::{env, thread, time::Duration};

use super::{Census, Progress, Tally};
use crate::proxy::{Mode, Proxy};

/// Whether the run is that of the night: `SESSION_TEST_LONG=1`.
#[must_use]
pub fn is_long() -> bool {
    env::var_os("SESSION_TEST_LONG").is_some_and(|value| value == "1")
}

/// Kills a server and starts it again, three times or ten in a [long](is_long) run, and waits each time until so many writes
/// were acknowledged.
///
/// # Panics
/// If it takes longer than the bound.
pub fn crash(progress: &Progress, writes: u64, bound: Duration, kill: impl Fn(), restart: impl Fn()) {
    let (crashes, pause) =
        if is_long() { (10, Duration::from_secs(5)) } else { (3, Duration::from_millis(500)) };
    for _ in 0..crashes {
        thread::sleep(pause);
        kill();
        thread::sleep(pause / 5);
        restart();
        assert!(progress.advances(writes, bound), "the store does not recover");
    }
}

/// Holds back replies, cuts and stalls until there were so many requests, or 100,000 in a [long](is_long) run. The pause must be
/// short enough for some requests to get their reply late, and long enough for others to give up.
pub fn disturb(progress: &Progress, requests: u64, pause: Duration, proxy: &Proxy) {
    let wanted = if is_long() { 100_000 } else { requests };
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

/// Prints what was counted. Nothing was lost, done twice or mixed up, and no request took longer than the bound.
///
/// # Panics
/// If it is not so.
pub fn assert_sound(what: &str, tally: &Tally, bound: Duration) {
    println!("{what}: {tally}");
    assert_eq!((tally.lost, tally.doubled, tally.foreign, tally.gone), (0, 0, 0, 0), "{tally}");
    assert!(tally.acknowledged > 0 && tally.longest_request < bound, "{tally}");
}

/// Prints what was counted. No id from before a sign-out everywhere opens a session, and no owner has more sessions than the cap.
///
/// # Panics
/// If it is not so, or there was too little to see.
pub fn assert_orderly(what: &str, census: &Census) {
    println!("{what}: {census}");
    assert_eq!((census.survived, census.over_cap, census.failed), (0, 0, 0), "{census}");
    assert!(
        census.sign_ins > 0 && census.rotations > 0 && census.ended > 0 && census.checked > 0,
        "{census}"
    );
}
