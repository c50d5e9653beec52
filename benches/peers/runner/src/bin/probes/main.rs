//! What the contenders do when it gets difficult, observed over HTTP: see `benches/README.md`.
#![allow(clippy::unwrap_used, reason = "a tool of the developer: whatever goes wrong ends it")]

mod adoption;
mod anonymous;
mod idle;
mod outage;
mod readable;
mod rotation;
mod scene;
mod sign_out;
mod verdict;
mod writers;

use std::thread;

use peer_runner::{CONTENDERS, Contender, Kind, build, versions};
use scene::{Processes, Scene};
use verdict::Verdict;

/// A question, in how many processes it is asked, and what answers it.
type Probe = (&'static str, Processes, fn(&mut Scene) -> Verdict);

const PROBES: &[Probe] = &[
    ("two writers of different keys", Processes::One, writers::probe),
    ("the same in two processes", Processes::Two, writers::probe),
    ("a write that ends after the sign-out", Processes::One, sign_out::probe),
    ("the same in two processes", Processes::Two, sign_out::probe),
    ("a write in flight while the id rotates", Processes::One, rotation::probe),
    ("the same in two processes", Processes::Two, rotation::probe),
    ("an idle time of 2 s under constant reading", Processes::One, idle::probe),
    ("an id that the client chose", Processes::One, adoption::probe),
    ("the id can be read in the store", Processes::One, readable::probe),
    ("the store is down for 3 s", Processes::One, outage::probe),
    ("200 requests that never touch the session", Processes::One, anonymous::probe),
];

fn main() {
    let only: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |contender: &&Contender| {
        !contender.is_floor() && (only.is_empty() || only.iter().any(|text| contender.title().contains(text)))
    };
    let contenders: Vec<&Contender> = CONTENDERS.iter().filter(wanted).collect();
    build(contenders.iter().copied());
    let start = |contender: &&'static Contender| {
        let contender = *contender;
        thread::spawn(move || PROBES.iter().map(|probe| run(contender, probe)).collect::<Vec<_>>())
    };
    let running: Vec<_> = contenders.iter().map(start).collect();
    let columns: Vec<Vec<Verdict>> = running.into_iter().map(|thread| thread.join().unwrap()).collect();

    let titles: Vec<_> = contenders.iter().map(|contender| contender.title()).collect();
    println!("| | {} |", titles.join(" | "));
    println!("|---|{}", "---|".repeat(titles.len()));
    for (row, (question, ..)) in PROBES.iter().enumerate() {
        let cells: Vec<_> = columns.iter().map(|column| column[row].to_string()).collect();
        println!("| {question} | {} |", cells.join(" | "));
    }
    println!("\n{}", versions().join(", "));
}

fn run(contender: &'static Contender, (question, processes, probe): &Probe) -> Verdict {
    if contender.kind == Kind::Memory && *processes == Processes::Two {
        return Verdict::Meaningless;
    }
    eprintln!("{}: {question}", contender.title());
    probe(&mut Scene::new(contender, *processes))
}
