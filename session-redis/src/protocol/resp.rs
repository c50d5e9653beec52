//! The Redis serialization protocol, version 2: from bytes to replies. No I/O.
//! <https://redis.io/docs/latest/develop/reference/protocol-spec/>

use std::io;

use bytes::Bytes;

use super::Reply;
use crate::retry::{MAX_DEPTH, MAX_LINE, MAX_STRING};

/// The bytes do not follow the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the server does not speak the protocol: {0}")]
pub(crate) struct ProtocolError(&'static str);

#[cfg(feature = "tokio")]
impl ProtocolError {
    pub(crate) const UNASKED: Self = Self("a reply without a request");
}

impl From<ProtocolError> for io::Error {
    fn from(error: ProtocolError) -> Self {
        Self::new(io::ErrorKind::InvalidData, error)
    }
}

/// Finds the end of the next reply as its bytes arrive, and reads none of them twice.
#[derive(Debug)]
pub(crate) struct Frame {
    /// The values before this offset are complete.
    at: usize,
    /// How many values are still to come.
    missing: usize,
}

impl Frame {
    pub(crate) const fn new() -> Self {
        Self { at: 0, missing: 1 }
    }

    /// Returns the length of the reply at the beginning of these bytes, or `None` while it is incomplete; the next call then
    /// takes the same bytes and more. Afterwards the frame is ready for the reply that follows.
    pub(crate) fn end(&mut self, bytes: &[u8]) -> Result<Option<usize>, ProtocolError> {
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
                    self.missing = missing.ok_or(ProtocolError("an array is too long"))?;
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

/// Reads one whole reply.
pub(crate) fn read(mut bytes: &[u8]) -> Result<Reply, ProtocolError> {
    let reply = value(&mut bytes, MAX_DEPTH)?;
    if bytes.is_empty() { Ok(reply) } else { Err(ProtocolError("trailing bytes after a reply")) }
}

fn value(bytes: &mut &[u8], depth: u32) -> Result<Reply, ProtocolError> {
    const SHORT: ProtocolError = ProtocolError("an incomplete reply");

    let (header, rest) = header(bytes)?.ok_or(SHORT)?;
    *bytes = rest;
    Ok(match header {
        Header::Nil => Reply::Nil,
        Header::Int(number) => Reply::Int(number),
        Header::Status(line) => Reply::Status(text(line)),
        Header::Error(line) => Reply::Error(text(line)),
        Header::String(length) => {
            let (string, rest) = bytes.split_at_checked(length).ok_or(SHORT)?;
            *bytes = rest.strip_prefix(b"\r\n").ok_or(ProtocolError("a string is longer than its length"))?;
            Reply::Bytes(Bytes::copy_from_slice(string))
        }
        Header::Array(_) if depth == 0 => return Err(ProtocolError("arrays are nested too deep")),
        Header::Array(count) => {
            // A value has at least four bytes, so a wrong count reserves little.
            let mut values = Vec::with_capacity(count.min(bytes.len() / 4 + 1));
            for _ in 0..count {
                values.push(value(bytes, depth - 1)?);
            }
            Reply::Array(values)
        }
    })
}

/// An error may repeat words of the command, which may be no text.
fn text(line: &[u8]) -> String {
    String::from_utf8_lossy(line).into_owned()
}

/// The first line of a value.
enum Header<'a> {
    Nil,
    Int(i64),
    Status(&'a [u8]),
    Error(&'a [u8]),
    /// A string of this length follows.
    String(usize),
    /// This number of values follows.
    Array(usize),
}

/// Reads the first line; returns it with the bytes behind it, or `None` if the line is incomplete.
fn header(bytes: &[u8]) -> Result<Option<(Header<'_>, &[u8])>, ProtocolError> {
    let Some(length) = bytes.iter().take(MAX_LINE).position(|byte| *byte == b'\r') else {
        return if bytes.len() < MAX_LINE { Ok(None) } else { Err(ProtocolError("a line is too long")) };
    };
    let (line, rest) = bytes.split_at(length);
    let rest = match rest {
        [b'\r', b'\n', rest @ ..] => rest,
        [b'\r'] => return Ok(None),
        _ => return Err(ProtocolError("a line must end with CR LF")),
    };
    let (kind, line) = line.split_first().ok_or(ProtocolError("an empty line"))?;
    let number = || {
        let number = str::from_utf8(line).ok().and_then(|line| line.parse::<i64>().ok());
        number.ok_or(ProtocolError("not a number"))
    };
    let header = match kind {
        b'+' => Header::Status(line),
        b'-' => Header::Error(line),
        b':' => Header::Int(number()?),
        b'$' | b'*' => match (kind, number()?) {
            (_, -1) => Header::Nil,
            (b'$', length @ 0..=MAX_STRING) => Header::String(length as usize),
            (b'*', count @ 0..=MAX_STRING) => Header::Array(count as usize),
            _ => return Err(ProtocolError("invalid length")),
        },
        _ => return Err(ProtocolError("a type that version 2 does not have")),
    };
    Ok(Some((header, rest)))
}
