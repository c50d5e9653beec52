//! What the sources of the crates for applications have.
#![allow(clippy::expect_used, dead_code, reason = "a test that cannot go on; each test uses a part")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Crates that no application runs.
const FOR_TESTS: [&str; 4] =
    ["session-driverkit", "session-testing", "session-testkit", "session-testservers"];

/// Errors that a crate has for its own parts, and that reach no application.
const INSIDE: [&str; 1] = ["ErrorKind"];

/// The texts of all sources.
pub(crate) fn sources() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    for folder in fs::read_dir(&root).expect("the repository").map(|folder| folder.expect("a folder").path())
    {
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        let is_ours = name.starts_with("session-") || name == "alo-session";
        if is_ours && !FOR_TESTS.contains(&&*name) {
            collect(&folder.join("src"), &mut files);
        }
    }
    assert!(files.len() > 200, "the sources are not where they were: {} files", files.len());
    read(files)
}

/// The texts of the sources of one crate.
pub(crate) fn sources_of(name: &str) -> Vec<String> {
    let mut files = Vec::new();
    collect(&root().join(name).join("src"), &mut files);
    read(files)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(files: Vec<PathBuf>) -> Vec<String> {
    files.into_iter().map(|file| fs::read_to_string(file).expect("a source")).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for path in
        fs::read_dir(folder).expect("a folder of sources").map(|entry| entry.expect("an entry").path())
    {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The public enums that say what failed, with their variants. Those of one name are one.
pub(crate) fn errors(sources: &[String]) -> BTreeMap<String, BTreeSet<String>> {
    let mut errors: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for rest in sources.iter().flat_map(|text| text.split("\npub enum ").skip(1)) {
        let name: String = rest.chars().take_while(|letter| letter.is_alphanumeric()).collect();
        let says_what_failed =
            ["Error", "ErrorKind", "Cause", "Required"].iter().any(|end| name.ends_with(end));
        if (!says_what_failed && name != "Applied") || INSIDE.contains(&&*name) {
            continue;
        }
        let body = rest.split("\n}").next().unwrap_or_default();
        let variants = body.lines().filter_map(|line| line.strip_prefix("    "));
        let variants = variants.filter(|line| line.starts_with(|letter: char| letter.is_ascii_uppercase()));
        let variants =
            variants.map(|line| line.chars().take_while(|letter| letter.is_alphanumeric()).collect());
        errors.entry(name).or_default().extend(variants);
    }
    errors
}

/// The messages that are logged, each with its levels.
pub(crate) fn log_lines(sources: &[String]) -> BTreeMap<String, BTreeSet<String>> {
    let mut lines: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for level in ["error", "warn", "info", "debug", "trace"] {
        let call = format!("tracing::{level}!(");
        for rest in sources.iter().flat_map(|text| text.split(&*call).skip(1)) {
            let message = last_text(rest).expect("an event has a message");
            lines.entry(message).or_default().insert(level.to_owned());
        }
    }
    lines
}

/// The names of the metrics that are recorded.
pub(crate) fn metrics(sources: &[String]) -> BTreeSet<String> {
    ["counter", "histogram", "gauge"].iter().flat_map(|kind| of_kind(sources, kind)).collect()
}

/// The names of the histograms among them.
pub(crate) fn histograms(sources: &[String]) -> BTreeSet<String> {
    of_kind(sources, "histogram")
}

fn of_kind(sources: &[String], kind: &str) -> BTreeSet<String> {
    let call = format!("metrics::{kind}!(\"");
    let calls = sources.iter().flat_map(|text| text.split(&*call).skip(1));
    calls.map(|rest| rest.split('"').next().unwrap_or_default().to_owned()).collect()
}

/// The last literal of the arguments that begin here.
fn last_text(arguments: &str) -> Option<String> {
    let (mut depth, mut text, mut last) = (1, None::<String>, None);
    let mut letters = arguments.chars().peekable();
    while let Some(letter) = letters.next() {
        match (&mut text, letter) {
            (Some(open), '\\') => match letters.next() {
                // A literal that goes on in the next line.
                Some('\n') => while letters.next_if(|letter| letter.is_whitespace()).is_some() {},
                escaped => open.extend(escaped),
            },
            (Some(_), '"') => last = text.take(),
            (Some(open), letter) => open.push(letter),
            (None, '"') => text = Some(String::new()),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    last
}
