//! What an operation costs as the number of stored sessions grows, on a server of its own: see the README.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a program for the developer's eyes"
)]

mod backend;
mod fill;
mod measure;

use backend::Backend;
use fill::Population;

/// One in so many sessions belongs to somebody; each of them has five.
const OWNED: u64 = 20;
const DEVICES: u64 = 5;

fn main() {
    let mut args = std::env::args().skip(1);
    let kind = args.next().unwrap_or_else(|| "redis".to_owned());
    let most = args.next().map_or(100_000, |number| number.parse().unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let backend = Backend::start(&kind);
        let mut population = Population::new(backend.store());
        println!("{}", measure::HEAD);
        let mut wanted = 1000.min(most);
        let empty = backend.bytes();
        loop {
            let rate = population.grow_to(wanted).await;
            let bytes = backend.bytes().saturating_sub(empty) / wanted;
            let costs = measure::all(&backend, &population).await;
            println!("{:>10} {rate:>9.0} {bytes:>9} {costs}", population.len());
            if wanted == most {
                break;
            }
            wanted = (wanted * 10).min(most);
        }
    });
}
