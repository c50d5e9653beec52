//! One request, sent again and again to servers that answer what they like.

use std::time::Duration;

use redis::Value;
use session_core::store::{Applied, CommitOutcome, StoreError, Stored};
use session_redis::fuzzing::{Exchange, Servers, Told};

use super::{expected::marked, operations::expected, tree};
use crate::source::Source;

/// What was answered so far.
#[derive(Default)]
struct Past {
    steps: usize,
    /// An attempt may have been carried out, and nobody was told.
    lost: bool,
    failed: bool,
    /// Each command's last answer that is no error, for a load.
    answers: Vec<Value>,
}

pub(super) fn check(source: &mut Source<'_>) {
    let how = source.byte();
    let servers = [Servers::Single, Servers::Sentinel, Servers::Cluster][usize::from(how % 3)];
    let is_commit = how & 0x80 == 0;
    let mut exchange = Exchange::new(servers, is_commit, how & 0x40 == 0);
    let mut past = Past::default();
    while !source.is_empty() && past.steps < 16 {
        if source.byte().is_multiple_of(8) {
            learn(&exchange, servers, source);
            continue;
        }
        past.steps += 1;
        match step(&mut exchange, source, &mut past) {
            Told::Again(pause) => assert!(pause <= Duration::from_millis(100), "it waits for {pause:?}"),
            Told::Loaded(found) => return check_load(&found, &past),
            Told::Committed(outcome) => return check_commit(outcome, &past),
        }
        // A swap that changed nothing, NOSCRIPT once for each command, and one failure.
        assert!(servers != Servers::Single || past.steps <= 5, "a server that cannot move is asked for ever");
    }
    let error = exchange.give_up();
    assert_eq!(error.applied() == Applied::Unknown, past.lost, "{error:?}");
}

fn step(exchange: &mut Exchange, source: &mut Source<'_>, past: &mut Past) -> Told {
    let (commands, place) = exchange.sends();
    assert!(!commands.is_empty(), "there is nothing to send, and no end");
    assert!(commands.len() <= 6);
    assert!(place.is_none_or(|place| !place.is_empty() && !place.ends_with(":0")));
    match source.byte() % 16 {
        0 => {
            past.lost = true;
            past.failed = true;
            exchange.failed(Applied::Unknown)
        }
        1 => {
            past.failed = true;
            exchange.failed(Applied::No)
        }
        kind => {
            // Now and then a reply is missing, or there is one too many.
            let count = match kind {
                2 => commands.len() - 1,
                3 => commands.len() + 1,
                _ => commands.len(),
            };
            let replies: Vec<Value> = (0..count).map(|_| reply(source)).collect();
            past.answers.extend(replies.iter().cloned());
            exchange.answered(replies)
        }
    }
}

fn reply(source: &mut Source<'_>) -> Value {
    match source.byte() % 4 {
        0 => tree::error(source),
        1 => Value::Int(source.number()),
        _ => tree::tree(source, 3),
    }
}

/// Answers of advisers: any, or nearly those of sentinels and of nodes.
fn learn(exchange: &Exchange, servers: Servers, source: &mut Source<'_>) {
    let text = |source: &mut Source<'_>| {
        let length = usize::from(source.byte() % 8);
        Value::BulkString(source.bytes(length).to_vec())
    };
    let replies = match source.byte() % 4 {
        0 => tree::several(source, 3),
        1 => vec![Value::Array(vec![text(source), text(source)])],
        _ => {
            let part = |source: &mut Source<'_>| {
                let slots = u16::from_le_bytes(source.array());
                let (first, last) = (i64::from(slots), i64::from(slots).wrapping_add(source.number()));
                let master = Value::Array(vec![
                    text(source),
                    Value::Int(source.number().wrapping_mul(64)),
                    text(source),
                ]);
                Value::Array(vec![Value::Int(first), Value::Int(last), master])
            };
            vec![Value::Array((0..source.byte() % 4).map(|_| part(source)).collect())]
        }
    };
    match exchange.learn(replies.clone()) {
        Ok(advisers) => assert!(advisers > 0 || servers == Servers::Single),
        Err(error) => assert_eq!(error.applied(), Applied::No, "a question changes nothing"),
    }
}

/// Every part of a load's answer is one that a server gave.
fn check_load(found: &Result<Option<Stored>, StoreError>, past: &Past) {
    let stored = match found {
        Err(error) => return assert_eq!(error.applied(), Applied::No, "a load changes nothing"),
        Ok(stored) => stored.as_ref(),
    };
    let given = |is_it: fn(&Value) -> bool| past.answers.iter().filter(move |answer| is_it(answer));
    let values = given(|value| matches!(value, Value::Nil | Value::BulkString(_)));
    // Of a session that is revoked the time that remains is of no interest.
    let mut was_said = values.flat_map(|value| past.answers.iter().map(move |remaining| (value, remaining)));
    let was_said = was_said.any(|(value, remaining)| {
        let mut marks = given(|mark| matches!(mark, Value::Nil | Value::BulkString(_)));
        marks.any(|mark| marked(value, remaining, mark) == expected(stored))
    });
    assert!(was_said, "no server said that: {found:?}");
}

/// After a lost answer only success is believed, and before one nothing is in doubt but nonsense.
fn check_commit(outcome: Result<CommitOutcome, StoreError>, past: &Past) {
    match outcome {
        Ok(CommitOutcome::Written) => {}
        Ok(other) => assert!(!past.lost, "it may be the lost attempt that is seen: {other:?}"),
        Err(error) if past.lost => assert_eq!(error.applied(), Applied::Unknown, "{error:?}"),
        Err(error) => assert!(past.failed || std::error::Error::source(&error).is_some(), "{error:?}"),
    }
}
