//! The programs of the README are those of the examples.
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

const README: &str = include_str!("../README.md");

#[track_caller]
fn assert_shown(example: &str, most_lines: usize) {
    let (_, program) = example.split_once("\n\n").expect("an example begins with its description");
    assert!(README.contains(program), "the README shows another program");
    assert!(example.lines().count() <= most_lines, "the program has grown");
}

#[test]
fn the_counter_is_shown_as_it_is() {
    assert_shown(include_str!("../examples/counter.rs"), 25);
}

#[test]
fn the_blocking_counter_is_shown_as_it_is() {
    assert_shown(include_str!("../examples/counter_blocking.rs"), 45);
}
