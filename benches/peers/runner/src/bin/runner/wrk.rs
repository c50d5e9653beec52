use std::{net::SocketAddr, path::Path, process::Command, time::Duration};

use peer_runner::{ACCEPT_LANGUAGE, USER_AGENT};

/// What the load generator saw.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) requests: u64,
    pub(crate) failed: u64,
    pub(crate) duration: Duration,
    pub(crate) median: Duration,
    pub(crate) late: Duration,
}

/// So many requests are under way at once, over as many connections.
pub(crate) const AT_ONCE: u32 = 32;

/// Asks for a page again and again, with the cookies of the file in turn.
pub(crate) fn load(site: SocketAddr, path: &str, cookies: &Path, time: Duration) -> Seen {
    let mut wrk = Command::new("wrk");
    wrk.args(["--threads=1", &format!("--connections={AT_ONCE}"), "--timeout=10s"]);
    wrk.arg(format!("--duration={}s", time.as_secs()));
    wrk.args(["-H", &format!("User-Agent: {USER_AGENT}")]);
    wrk.args(["-H", &format!("Accept-Language: {ACCEPT_LANGUAGE}")]);
    wrk.args(["--script", concat!(env!("CARGO_MANIFEST_DIR"), "/src/bin/runner/load.lua")]);
    wrk.arg(format!("http://{site}{path}")).arg("--").arg(cookies);
    let output = wrk.output().expect("wrk is needed: apt-get install wrk");
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("result "))
        .unwrap_or_else(|| panic!("wrk has no result: {text}{}", String::from_utf8_lossy(&output.stderr)));
    let numbers: Vec<u64> = line.split(' ').map(|number| number.parse().unwrap()).collect();
    let [requests, duration, failed, median, late] = numbers[..] else { panic!("{line}") };
    let [duration, median, late] = [duration, median, late].map(Duration::from_micros);
    Seen { requests, failed, duration, median, late }
}
