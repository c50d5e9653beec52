//! What may be made of a reply, told once more and by itself.

use redis::Value;

/// What there is under a key, as the replies say it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Expected<'a> {
    Absent,
    Record {
        revision: &'a [u8],
        millis: u64,
        data: &'a [u8],
    },
    /// Neither can be told.
    Failure,
}

/// From `GET` and `PTTL`.
pub(super) fn record<'a>(owned: bool, value: &'a Value, remaining: &Value) -> Expected<'a> {
    let head = if owned { 32 } else { 16 };
    match (value, remaining) {
        (Value::Nil, Value::Int(_)) => Expected::Absent,
        (Value::BulkString(value), Value::Int(millis)) if value.len() >= head => match *millis {
            -2 => Expected::Absent,
            -1 => Expected::Failure,
            millis => Expected::Record {
                revision: &value[..16],
                millis: millis.max(1).unsigned_abs(),
                data: &value[head..],
            },
        },
        _ => Expected::Failure,
    }
}

/// From those and `GET` of the mark, below which all is revoked.
pub(super) fn marked<'a>(value: &'a Value, remaining: &Value, mark: &Value) -> Expected<'a> {
    let mark = match mark {
        Value::Nil => None,
        Value::BulkString(mark) if mark.len() >= 32 && mark[..32].iter().all(u8::is_ascii_digit) => {
            Some(&mark[..16])
        }
        _ => return Expected::Failure,
    };
    match (value, mark) {
        (Value::BulkString(value), Some(mark)) if value.len() >= 32 && value[16..32] <= *mark => {
            Expected::Absent
        }
        _ => record(true, value, remaining),
    }
}
