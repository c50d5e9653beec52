//! How many instructions a request takes the program of each contender, by Valgrind: see `benches/README.md`.
#![allow(clippy::unwrap_used, reason = "a tool of the developer: whatever goes wrong ends it")]

use std::{fs, time::Duration};

use peer_runner::{Browser, CONTENDERS, Contender, Database, Kind, Site, build};

const IDLE: Duration = Duration::from_secs(3600);
/// One run has so many requests before they count, and another one so many more.
const BEFORE: u64 = 300;
const COUNTED: u64 = 1000;
const BROWSERS: usize = 8;

fn main() {
    let only: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |contender: &&Contender| {
        contender.kind != Kind::None && only.iter().all(|text| contender.title().contains(text))
    };
    build(CONTENDERS.iter().filter(wanted));
    println!("| | read 2 keys | read + write | new session |\n|---|---:|---:|---:|");
    for contender in CONTENDERS.iter().filter(wanted) {
        let of = |path| (count(contender, path, BEFORE + COUNTED) - count(contender, path, BEFORE)) / COUNTED;
        println!("| {} | {} | {} | {} |", contender.title(), of("/read"), of("/increment"), of("/new"));
    }
}

/// The instructions of a run, its start and end included.
fn count(contender: &Contender, path: &str, requests: u64) -> u64 {
    let counts = std::env::temp_dir().join(format!("instructions-{}", std::process::id()));
    let database = Database::start(contender.kind);
    let site = Site::start_counted(contender, &database, IDLE, &counts);
    let mut browsers: Vec<Browser> = (0..BROWSERS).map(|_| Browser::new(site.address())).collect();
    for browser in &mut browsers {
        assert!(browser.get("/fill").unwrap().is_ok());
    }
    for number in 0..requests {
        let browser = &mut browsers[number as usize % BROWSERS];
        if path == "/new" {
            browser.jar().clear();
        }
        assert!(browser.get(path).unwrap().is_ok(), "{}", contender.title());
    }
    site.end();
    let text = fs::read_to_string(&counts).unwrap();
    fs::remove_file(&counts).unwrap();
    let total =
        text.lines().find_map(|line| line.strip_prefix("totals: ").or(line.strip_prefix("summary: ")));
    total.unwrap().trim().parse().unwrap()
}
