//! What the program prints for shells and for `man`.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::process::Command;

fn printed(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_session-setup")).args(args).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{args:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn completions_know_every_command_and_option() {
    for shell in ["bash", "zsh", "fish"] {
        let script = printed(&["completions", shell]);
        for word in [
            "redis", "mysql", "gc", "stats", "sessions", "revoke", "no-trial", "no-event", "grant",
            "url-file",
        ] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn manual_pages_are_of_the_program_and_of_each_command() {
    let page = printed(&["man"]);
    for text in [".TH session-setup 1", "session\\-setup\\-mysql", "Exit status", "SESSION_SETUP_URL"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    for command in ["redis", "mysql", "gc", "stats", "sessions", "revoke"] {
        let page = printed(&["man", command]);
        assert!(page.contains(&format!(".TH session-setup-{command} 1")), "{page}");
    }
    assert!(printed(&["man", "mysql"]).contains("USER@HOST"));
}
