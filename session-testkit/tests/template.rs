//! `session-testkit init` writes crates that compile and run at once, and whose report names what is not written yet.

#![allow(clippy::unwrap_used, reason = "test code")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use session_testkit::rules;

/// Runs the program. Returns whether it succeeded, and what it said.
fn init(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_session-testkit")).args(arguments).output().unwrap();
    (output.status.success(), said(&output))
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A folder of its own below the target directory, where nothing lies yet.
fn fresh(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    folder
}

/// Runs cargo in the crate, with the versions of this workspace and with one target directory for all crates.
fn cargo(folder: &Path, arguments: &[&str]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(arguments).arg("--offline").current_dir(folder);
    cargo.env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("template-target"));
    cargo.env("CARGO_PROFILE_DEV_DEBUG", "0").env_remove("SESSION_TEST_SEED");
    cargo.env_remove("SESSION_TEST_STRICT").env_remove("SESSION_TEST_REPORT");
    said(&cargo.output().unwrap())
}

/// Whether the report says that the rule is broken, or why it was not checked.
fn names(report: &str, rule: &str) -> bool {
    let tells = |line: &&str| {
        ["breaks", "FAILED", "not checked", "claimed away"].iter().any(|word| line.contains(word))
    };
    let is_named = |line: &str| line.split(|letter| " []:".contains(letter)).any(|word| word == rule);
    report.lines().filter(tells).any(is_named)
}

fn a_crate_runs_at_once_and_names_what_is_missing(api: &str) {
    let name = format!("template-{api}");
    let folder = fresh(&name);
    let (done, said) = init(&["init", &folder.to_string_lossy(), "--api", api]);
    assert!(done, "{said}");

    let report = cargo(&folder, &["test"]);
    assert!(!report.contains("warning"), "the new crate does not compile cleanly:\n{report}");
    assert!(report.contains("test result: FAILED. 0 passed"), "{report}");
    assert!(!report.contains("it panicked"), "{report}");
    assert!(report.contains("`create` is not written yet"), "{report}");
    for rule in rules::ALL {
        assert!(names(&report, rule.name()), "{} is not named:\n{report}", rule.name());
    }
}

#[test]
fn an_asynchronous_store_runs_at_once() {
    a_crate_runs_at_once_and_names_what_is_missing("async");
}

#[test]
fn a_blocking_store_runs_at_once() {
    a_crate_runs_at_once_and_names_what_is_missing("blocking");
}

#[test]
fn an_embedded_store_runs_at_once() {
    a_crate_runs_at_once_and_names_what_is_missing("embedded");
}

/// The example of the guide is what a crate looks like when it is filled in.
#[test]
fn a_crate_that_is_filled_in_passes() {
    let folder = fresh("file-store");
    let (done, said) = init(&["init", &folder.to_string_lossy(), "--api", "blocking"]);
    assert!(done, "{said}");
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/file-store");
    for part in ["src", "tests"] {
        for file in fs::read_dir(example.join(part)).unwrap() {
            let path = file.unwrap().path();
            // The others compare the example with the guide.
            if part == "src" || path.ends_with("conformance.rs") {
                fs::copy(&path, folder.join(part).join(path.file_name().unwrap())).unwrap();
            }
        }
    }
    let report = cargo(&folder, &["test", "--test", "conformance"]);
    assert!(!report.contains("warning"), "{report}");
    assert!(report.contains("test result: ok."), "{report}");
}

#[test]
fn what_cannot_be_made_is_told_and_not_made() {
    let folder = fresh("refused");
    let inside = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let (good, taken) = (inside("good-store"), inside("taken"));
    fs::create_dir_all(&taken).unwrap();
    fs::write(folder.join("taken/Cargo.toml"), "mine").unwrap();
    fs::write(folder.join("a-file"), "mine").unwrap();
    for (arguments, wrong) in [
        (vec![], "the command `init` is missing"),
        (vec!["new", &good], "unknown command `new`"),
        (vec!["init", "--api", "async"], "the folder of the new crate is missing"),
        (vec!["init", &good], "`--api async`, `--api blocking` or `--api embedded` is missing"),
        (vec!["init", &good, "--api"], "unknown API ``"),
        (vec!["init", &good, "--api", "sync"], "unknown API `sync`"),
        (vec!["init", &good, "--api=sync"], "unknown API `sync`"),
        (vec!["init", &good, "--embedded"], "unknown option `--embedded`"),
        (vec!["init", &good, "another", "--api", "async"], "unexpected `another`"),
        (vec!["init", &inside("3d"), "--api", "async"], "`3d` is not a name for a crate"),
        (vec!["init", &inside("a store"), "--api", "async"], "`a store` is not a name for a crate"),
        (vec!["init", &inside("async"), "--api", "async"], "`async` is not a name for a crate"),
        (vec!["init", "..", "--api", "async"], "does not end with a name"),
        (vec!["init", &taken, "--api", "async"], "exists already; nothing was written"),
        (vec!["init", &inside("a-file"), "--api", "async"], "exists already; nothing was written"),
        (vec!["init", &inside("a-file/store"), "--api", "async"], "cannot write"),
    ] {
        let (done, said) = init(&arguments);
        assert!(!done && said.contains(wrong), "{arguments:?} said: {said}");
    }
    let mut left: Vec<_> = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["a-file", "taken"]);
    assert_eq!(fs::read_to_string(folder.join("taken/Cargo.toml")).unwrap(), "mine");
}
