//! Requests through the core, one after the other, for a profiler: see the README.

use std::hint::black_box;

use session_benches::{Load, Site};

const ROUNDS: u32 = 10_000;

fn main() {
    let changes = std::env::args().nth(1).is_some_and(|what| what == "change");
    let site = Site::new(Load::Small);
    for _ in 0..ROUNDS {
        black_box(if changes { site.change_a_key() } else { site.read_two_keys() });
    }
}
