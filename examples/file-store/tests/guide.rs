//! The guide of the kit shows the code of this crate and no other.

const GUIDE: &str = include_str!("../../../session-testkit/docs/write-a-backend.md");

const SOURCES: [&str; 7] = [
    include_str!("../src/failure.rs"),
    include_str!("../src/file.rs"),
    include_str!("../src/record.rs"),
    include_str!("../src/sessions.rs"),
    include_str!("../src/store.rs"),
    include_str!("application.rs"),
    include_str!("conformance.rs"),
];

#[test]
fn every_block_of_the_guide_is_code_of_this_crate() {
    let blocks: Vec<&str> =
        GUIDE.split("```rs\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(blocks.len() > 10, "the guide has {} blocks of code", blocks.len());
    for block in blocks {
        let found = SOURCES.iter().any(|source| words(source).contains(&words(block)));
        assert!(found, "this block of the guide is not in the crate:\n{block}");
    }
}

/// The text without its indentation, which the guide takes off.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
