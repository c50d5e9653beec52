//! The Redis serialization protocol, version 2: from bytes to replies. No I/O.
//! <https://redis.io/docs/latest/develop/reference/protocol-spec/>

use std::io;

use bytes::Bytes;

use crate::protocol::replies::Reply;

/// The bytes are none of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the server sent something else than replies: {0}")]
pub(crate) struct Garbled(&'static str);

#[cfg(feature = "tokio")]
impl Garbled {
    /// There are more replies than questions.
    pub(crate) const UNASKED: Self = Self("a reply that nobody asked for");
}

impl From<Garbled> for io::Error {
    fn from(garbled: Garbled) -> Self {
        Self::new(io::ErrorKind::InvalidData, garbled)
    }
}

/// The end of the reply that comes next, looked for as its bytes arrive, none of them twice.
#[derive(Debug)]
pub(crate) struct Frame {
    /// How far the values are known to be whole.
    at: usize,
    /// How many values are still to come.
    missing: usize,
}

/// No header or error is longer.
pub(crate) const LONGEST_LINE: usize = 64 * 1024;
/// The server's own limit of a string.
const LONGEST_STRING: i64 = 512 * 1024 * 1024;
/// Nothing that we ask for is answered by arrays in arrays as deep.
const DEEPEST: u32 = 8;

impl Frame {
    pub(crate) const fn new() -> Self {
        Self { at: 0, missing: 1 }
    }

    /// The length of the reply that these bytes begin with, once it is whole. Until then it is asked again with the same
    /// bytes and more; afterwards it is about the reply that follows.
    pub(crate) fn end(&mut self, bytes: &[u8]) -> Result<Option<usize>, Garbled> {
        while self.missing > 0 {
            let Some((header, rest)) = header(bytes.get(self.at..).unwrap_or_default())? else {
                return Ok(None);
            };
            let mut next = bytes.len() - rest.len();
            match header {
                Header::String(length) => {
                    next += length + 2;
                    if bytes.len() < next {
                        return Ok(None);
                    }
                }
                Header::Array(count) => {
                    let missing = self.missing.checked_add(count);
                    self.missing = missing.ok_or(Garbled("an array without end"))?;
                }
                _ => {}
            }
            self.at = next;
            self.missing -= 1;
        }
        let end = self.at;
        *self = Self::new();
        Ok(Some(end))
    }
}

/// The value that these bytes are.
pub(crate) fn read(mut bytes: &[u8]) -> Result<Reply, Garbled> {
    let reply = value(&mut bytes, DEEPEST)?;
    if bytes.is_empty() { Ok(reply) } else { Err(Garbled("a reply with something behind it")) }
}

fn value(bytes: &mut &[u8], depth: u32) -> Result<Reply, Garbled> {
    const SHORT: Garbled = Garbled("a reply that is not whole");

    let (header, rest) = header(bytes)?.ok_or(SHORT)?;
    *bytes = rest;
    Ok(match header {
        Header::Nil => Reply::Nil,
        Header::Int(number) => Reply::Int(number),
        Header::Status(line) => Reply::Status(text(line)),
        Header::Error(line) => Reply::Error(text(line)),
        Header::String(length) => {
            let (string, rest) = bytes.split_at_checked(length).ok_or(SHORT)?;
            *bytes = rest.strip_prefix(b"\r\n").ok_or(Garbled("a string longer than it says"))?;
            Reply::Bytes(Bytes::copy_from_slice(string))
        }
        Header::Array(_) if depth == 0 => return Err(Garbled("arrays in arrays in arrays")),
        Header::Array(count) => {
            // A value has four bytes at least.
            let mut values = Vec::with_capacity(count.min(bytes.len() / 4 + 1));
            for _ in 0..count {
                values.push(value(bytes, depth - 1)?);
            }
            Reply::Array(values)
        }
    })
}

/// An error may repeat words of the command, which need not be text.
fn text(line: &[u8]) -> String {
    String::from_utf8_lossy(line).into_owned()
}

/// What the first line of a value says.
enum Header<'a> {
    Nil,
    Int(i64),
    Status(&'a [u8]),
    Error(&'a [u8]),
    /// So many bytes follow.
    String(usize),
    /// So many values follow.
    Array(usize),
}

/// The first line and what is behind it, if the line is whole.
fn header(bytes: &[u8]) -> Result<Option<(Header<'_>, &[u8])>, Garbled> {
    let Some(length) = bytes.iter().take(LONGEST_LINE).position(|byte| *byte == b'\r') else {
        return if bytes.len() < LONGEST_LINE { Ok(None) } else { Err(Garbled("a line without end")) };
    };
    let (line, rest) = bytes.split_at(length);
    let rest = match rest {
        [b'\r', b'\n', rest @ ..] => rest,
        [b'\r'] => return Ok(None),
        _ => return Err(Garbled("a line that does not end as lines do")),
    };
    let (kind, line) = line.split_first().ok_or(Garbled("an empty line"))?;
    let number = || {
        let number = str::from_utf8(line).ok().and_then(|line| line.parse::<i64>().ok());
        number.ok_or(Garbled("a number that is none"))
    };
    let header = match kind {
        b'+' => Header::Status(line),
        b'-' => Header::Error(line),
        b':' => Header::Int(number()?),
        b'$' | b'*' => match (kind, number()?) {
            (_, -1) => Header::Nil,
            (b'$', length @ 0..=LONGEST_STRING) => Header::String(length as usize),
            (b'*', count @ 0..=LONGEST_STRING) => Header::Array(count as usize),
            _ => return Err(Garbled("a length that is none")),
        },
        _ => return Err(Garbled("a type that version 2 does not have")),
    };
    Ok(Some((header, rest)))
}
