//! Every command that a document shows can be given: its words and options exist.
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

use std::{fs, path::Path, process::Command};

const PROGRAM: &str = "session-setup ";

/// Returns the commands in spans and blocks of code, without a comment.
fn commands(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| {
        let command = line.split(" #").next().filter(|line| line.starts_with(PROGRAM));
        let spans = line.split('`').skip(1).step_by(2).filter(|span| span.starts_with(PROGRAM));
        command.into_iter().chain(spans)
    })
}

/// Asks for help behind the command, so that it is read and not carried out.
fn assert_exists(command: &str, document: &str) {
    let command = command.split(" > ").next().unwrap_or_default().replace(['[', ']', '\''], "");
    let words = command.split_whitespace().skip(1);
    let output = Command::new(env!("CARGO_BIN_EXE_session-setup")).args(words).arg("--help").output();
    let output = output.expect("the program");
    assert!(output.status.success(), "{document}: {command}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn each_command_of_the_documents_can_be_given() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the folder above");
    let listed = Command::new("git").args(["ls-files", "*.md"]).current_dir(root).output().expect("git");
    let mut count = 0;
    for document in String::from_utf8(listed.stdout).expect("text").lines() {
        let text = fs::read_to_string(root.join(document)).expect("a document");
        // Dots stand for what is said elsewhere.
        for command in commands(&text).filter(|command| !command.contains('…')) {
            assert_exists(command, document);
            count += 1;
        }
    }
    assert!(count > 40, "{count} commands were found");
}
