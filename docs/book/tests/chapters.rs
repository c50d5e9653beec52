//! Every chapter can be found, its programs are compiled, and its links lead somewhere.
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

use std::{collections::BTreeMap, fs};

const SUMMARY: &str = include_str!("../src/SUMMARY.md");
const COMPILED: &str = include_str!("../lib.rs");

/// The chapters by the names of their files.
fn chapters() -> BTreeMap<String, String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let files =
        fs::read_dir(folder).expect("the folder of the chapters").map(|file| file.expect("a file").path());
    let chapters = files.map(|path| {
        let name = path.file_name().expect("the name of a file").to_string_lossy().into_owned();
        (name, fs::read_to_string(path).expect("a chapter"))
    });
    chapters.filter(|(name, _)| name != "SUMMARY.md").collect()
}

/// What stands behind the three marks at the beginning of each block of code.
fn blocks(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| line.strip_prefix("```")).step_by(2)
}

#[test]
fn each_chapter_is_in_the_table_of_contents_once() {
    let chapters = chapters();
    for name in chapters.keys() {
        assert_eq!(SUMMARY.matches(&format!("]({name})")).count(), 1, "{name} in SUMMARY.md");
    }
    assert_eq!(SUMMARY.matches("](").count(), chapters.len(), "SUMMARY.md names a chapter that is not there");
}

#[test]
fn each_program_is_compiled() {
    for (name, text) in chapters() {
        let mut programs = blocks(&text).filter(|language| language.starts_with("rust")).peekable();
        let is_compiled = COMPILED.contains(&format!("\"{name}\""));
        assert_eq!(programs.peek().is_some(), is_compiled, "{name} in lib.rs");
        for language in programs {
            assert!(["rust", "rust,no_run"].contains(&language), "{name} has a program that is `{language}`");
        }
    }
}

#[test]
fn each_block_says_its_language() {
    for (name, text) in chapters() {
        // A block without a language would be compiled as Rust here, and not be coloured in the book.
        assert!(blocks(&text).all(|language| !language.is_empty()), "{name} has a block without a language");
    }
}

#[test]
fn each_link_to_a_heading_leads_to_one() {
    let chapters = chapters();
    for (name, text) in &chapters {
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let Some((file, heading)) = link.split_once('#') else { continue };
            if file.contains("://") {
                continue;
            }
            let file = if file.is_empty() { name } else { file };
            let target = chapters.get(file).expect("ci/check has looked for the file");
            assert!(headings(target).any(|id| id == heading), "{name} has a link to `{link}`");
        }
    }
}

/// The headings as mdBook names them.
fn headings(text: &str) -> impl Iterator<Item = String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings.map(|line| {
        let text = line.trim_start_matches('#').trim().to_lowercase();
        let kept = text.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
        kept.collect::<String>().replace(' ', "-")
    })
}

#[test]
fn the_counter_is_the_example() {
    let example = include_str!("../../../alo-session/examples/counter.rs");
    let (_, program) = example.split_once("\n\n").expect("an example begins with its description");
    assert!(chapters().get("start.md").expect("the first chapter").contains(program), "another program");
    assert!(include_str!("../../../README.md").contains(program), "the front page shows another program");
}

#[test]
fn the_front_page_fits_on_a_screen_or_three() {
    assert!(include_str!("../../../README.md").lines().count() < 120);
}
