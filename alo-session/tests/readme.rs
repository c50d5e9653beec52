//! The README shows the code of the examples.
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

const README: &str = include_str!("../README.md");

#[test]
fn the_counter_is_shown_as_it_is() {
    let example = include_str!("../examples/counter.rs");
    let (_, program) = example.split_once("\n\n").expect("an example begins with its description");
    assert!(README.contains(program), "the README shows another program");
    assert!(example.lines().count() <= 25, "the program has grown");
}

#[test]
fn the_blocking_counter_is_shown_as_it_is() {
    let example = include_str!("../examples/counter_blocking.rs");
    let (_, rest) = example.split_once("\n\nfn count").expect("the function that is shown");
    let (body, _) = rest.split_once("\n}\n").expect("the end of the function");
    assert!(README.contains(&format!("\nfn count{body}\n}}\n")), "the README shows another function");
    assert!(example.lines().count() <= 45, "the program has grown");
}
