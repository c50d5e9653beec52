//! Any replies of a Redis, as bytes of its protocol and as trees: no panic, no session without a deadline or shorter than it
//! was, nothing absent unless a reply says so, no lost answer taken for a conflict. Our own reader finds the same replies however
//! the bytes are cut, and those that the client library finds.

mod bytes;
mod expected;
mod operations;
mod routing;
mod tree;

use redis::Value;

use crate::source::Source;

pub fn run(input: &[u8]) {
    let mut source = Source::new(input);
    match source.byte() % 5 {
        0 => operations::check(&tree::parsed(source.rest())),
        4 => {
            let piece = usize::from(source.byte());
            bytes::check(source.rest(), piece);
        }
        1 => operations::check(&tree::several(&mut source, 4)),
        2 => {
            let replies = tree::parsed(source.rest());
            operations::check_greeting(&replies);
            let list = Value::Array(replies);
            operations::check(&[list.clone(), list]);
        }
        _ => routing::check(&mut source),
    }
}
