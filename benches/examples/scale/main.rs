//! The cost of an operation as the work grows, on a server of its own: see the README.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a program for the developer's eyes"
)]

mod arguments;
mod backend;
mod contents;
mod fill;
mod measure;
mod owner;
mod plot;
mod rows;
mod sessions;
mod sqlite_file;
mod table;

use arguments::Arguments;
use backend::Backend;

fn main() {
    let Arguments { kind, varied, most, plot } = Arguments::read();
    let default = match varied.as_str() {
        "sessions" => 100_000,
        "keys" => 10_000,
        "size" => 1 << 20,
        "owner" => 1000,
        _ => panic!("there is: sessions, keys, size, owner"),
    };
    let most = most.unwrap_or(default);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let backend = Backend::start(&kind, if varied == "sessions" { most } else { 0 });
    let table = runtime.block_on(async {
        match varied.as_str() {
            "sessions" => sessions::grow(&backend, most).await,
            "keys" => contents::more_keys(&backend, most).await,
            "size" => contents::larger(&backend, most).await,
            _ => owner::grow(&backend, most).await,
        }
    });
    table.print_growth();
    if let Some(file) = plot {
        std::fs::write(file, plot::draw(&table, backend.name())).unwrap();
    }
}
