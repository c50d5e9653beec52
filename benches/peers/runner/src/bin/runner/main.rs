//! Measures the contenders beside each other: see `benches/README.md`.
#![allow(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "a tool of the developer: whatever goes wrong ends it"
)]

mod arguments;
mod budget;
mod chart;
mod numbers;
mod results;
mod stand;
mod table;
mod work;
mod wrk;

use arguments::Arguments;
use peer_runner::{CONTENDERS, Contender, build};
use results::Results;
use stand::Stand;
use work::Work;

fn main() {
    let arguments = Arguments::read();
    let contenders: Vec<Contender> =
        CONTENDERS.iter().copied().filter(|contender| arguments.wants(contender)).collect();
    build(&contenders);
    let machine = peer_runner::machine();
    let mut results = Results::default();
    let directory = std::env::temp_dir().join(format!("peers-{}", std::process::id()));
    for round in 0..arguments.rounds {
        // New servers and programs each time, so that no round has more sessions than another.
        let start = |(number, contender): (usize, &Contender)| {
            Stand::start(*contender, directory.join(number.to_string()))
        };
        let stands: Vec<Stand> = contenders.iter().enumerate().map(start).collect();
        if round == 0 {
            results.count(&contenders, &stands);
        }
        for work in Work::ALL {
            for (contender, stand) in contenders.iter().zip(&stands) {
                if work.is_done_by(contender) {
                    let sample = stand.measure(work, arguments.time);
                    eprintln!(
                        "round {} of {}: {}, {}: {:.0}/s, {:.2} s",
                        round + 1,
                        arguments.rounds,
                        contender.title(),
                        work.name(),
                        sample.rate,
                        sample.cpu
                    );
                    results.add(contender, work, sample);
                }
            }
        }
    }
    let _ = std::fs::remove_dir_all(directory);
    println!("{}", table::machine(&machine, &results, &arguments));
    println!("{}", budget::table(&results));
    println!("{}", budget::on_actix(&results));
    println!("{}", table::all(&results));
    if let Some(file) = &arguments.chart {
        std::fs::write(file, chart::draw(&results)).unwrap();
    }
}
