//! Requests through the core, one after the other, for a profiler: see the README.

use std::hint::black_box;

use session_benches::{Load, Site};

const ROUNDS: u32 = 10_000;

fn main() {
    let what = std::env::args().nth(1);
    let site = Site::new(Load::Small);
    for _ in 0..ROUNDS {
        match what.as_deref() {
            Some("change") => _ = black_box(site.change_a_key()),
            Some("new") => _ = black_box(site.begin_a_session()),
            _ => _ = black_box(site.read_two_keys()),
        }
    }
}
