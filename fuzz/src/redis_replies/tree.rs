use redis::{Parser, Value, parse_redis_value};

use crate::source::Source;

/// The replies that these bytes are, up to what is none.
pub(super) fn parsed(mut bytes: &[u8]) -> Vec<Value> {
    let (mut parser, mut replies) = (Parser::new(), Vec::new());
    while replies.len() < 16 {
        match parser.parse_value(&mut bytes) {
            Ok(reply) => replies.push(reply),
            Err(_) => break,
        }
    }
    replies
}

pub(super) fn several(source: &mut Source<'_>, most: u8) -> Vec<Value> {
    (0..source.byte() % (most + 1)).map(|_| tree(source, 4)).collect()
}

/// Any reply, the ones that our commands have more often.
pub(super) fn tree(source: &mut Source<'_>, depth: u32) -> Value {
    match source.byte() % 24 {
        0..2 => Value::Nil,
        2..6 => Value::Int(source.number()),
        6..9 => bulk(source),
        9..12 => record(source),
        12..17 if depth > 0 => {
            let count = source.byte() % 8;
            Value::Array((0..count).map(|_| tree(source, depth - 1)).collect())
        }
        17 => Value::Okay,
        18 => Value::SimpleString(source.text(8)),
        19 => error(source),
        20 => Value::Double(f64::from_le_bytes(source.array())),
        21 => Value::Boolean(source.byte() & 1 == 1),
        22 if depth > 0 => Value::Map(vec![(tree(source, depth - 1), tree(source, depth - 1))]),
        23 if depth > 0 => Value::Set(vec![tree(source, depth - 1)]),
        _ => Value::BigNumber(source.bytes(8).to_vec()),
    }
}

fn bulk(source: &mut Source<'_>) -> Value {
    let length = usize::from(source.byte());
    Value::BulkString(source.bytes(length).to_vec())
}

/// A revision, a stamp or a digest, and what may follow it, from few bytes.
fn record(source: &mut Source<'_>) -> Value {
    let length = [16, 32, 48, 15, 31, 33, 47, 49][usize::from(source.byte() % 8)];
    let mut bytes = vec![b'0' + source.byte() % 10; length];
    let data = usize::from(source.byte() % 8);
    bytes.extend_from_slice(source.bytes(data));
    Value::BulkString(bytes)
}

/// The only way to an error of the server is through the parser.
pub(super) fn error(source: &mut Source<'_>) -> Value {
    const CODES: [&str; 16] = [
        "ERR",
        "NOSCRIPT",
        "MOVED 7 a:1",
        "ASK 7 b:2",
        "MOVED 7 :3",
        "ASK 7",
        "READONLY",
        "LOADING",
        "MASTERDOWN",
        "CLUSTERDOWN",
        "TRYAGAIN",
        "OOM",
        "NOPERM",
        "WRONGTYPE",
        "BUSY",
        "ERR max number of clients reached",
    ];
    let code = CODES[usize::from(source.byte() % 16)];
    let length = usize::from(source.byte() % 16);
    let more = source.text(length).replace(['\r', '\n'], " ");
    let line = if more.is_empty() { format!("-{code}\r\n") } else { format!("-{code} {more}\r\n") };
    parse_redis_value(line.as_bytes()).expect("an error is a reply")
}
