//! Ids of a program that forks after it has made some.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

use std::{fs, process};

use fork::Fork;
use session_core::id::{Entropy as _, Generator};

/// What this thread would draw next. All processes begin in one state.
fn draw() -> String {
    let mut bytes = [0; 16];
    Generator.fill(&mut bytes).unwrap();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn no_process_repeats_what_its_relatives_draw() {
    draw();
    let directory = std::env::temp_dir().join(format!("session-core-fork-{}", process::id()));
    fs::create_dir_all(&directory).unwrap();
    let mut children = Vec::new();
    for number in 0..3 {
        match fork::fork().unwrap() {
            Fork::Parent(child) => children.push(child),
            Fork::Child => {
                // One has children before it draws itself, one after that, one has none.
                let early = (number == 1).then(draw);
                let place = match if number == 2 { None } else { Some(fork::fork().unwrap()) } {
                    Some(Fork::Child) => format!("{number}-child"),
                    Some(Fork::Parent(child)) => {
                        fork::waitpid(child).unwrap();
                        number.to_string()
                    }
                    None => number.to_string(),
                };
                let drawn = [early.unwrap_or_else(draw), draw()];
                fs::write(directory.join(&place), drawn.join("\n")).unwrap();
                process::exit(0);
            }
        }
    }
    for child in children {
        fork::waitpid(child).unwrap();
    }
    let mut all = vec![draw(), draw()];
    for file in fs::read_dir(&directory).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        all.extend(text.lines().map(str::to_owned));
    }
    fs::remove_dir_all(&directory).unwrap();
    // The child of one that had drawn has that draw in its report, too.
    assert_eq!(all.len(), 12);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 11, "a draw is repeated");
}
