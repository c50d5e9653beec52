//! Finds the token in the beginning of a `multipart/form-data` body (RFC 7578, RFC 2046).
//!
//! It reads lines, as the format is made of lines. It need not agree with the parser of the handler on odd bodies: nobody who
//! knows the token has a reason to hide it, and whoever does not know it cannot pass.

use super::parameter::parameter;

/// The longest value that is read as a token.
const MAX_VALUE: usize = 512;

/// What the scanner knows so far.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// It needs more of the body.
    Nothing,
    /// The value of the first field with the name.
    Token(String),
    /// The form ended, and had no such field.
    Absent,
}

/// Looks for one field. Each byte is looked at once, however the body is cut into pieces.
#[derive(Debug)]
pub(super) struct Scanner {
    /// Two dashes and the boundary.
    delimiter: Vec<u8>,
    field: String,
    /// Where the line begins that is being read.
    line: usize,
    /// Up to where that line has no end.
    searched: usize,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Before the first part.
    Before,
    /// In a part that is skipped.
    Skipping,
    /// In the header of a part.
    Header { is_field: bool },
    /// In the value of the field.
    Value,
    /// Behind the first line of the value, which must be the only one.
    Behind(String),
}

impl Scanner {
    /// A scanner for a body of this type, or `None` if the type is not that of a form, or names no boundary.
    pub(super) fn new(content_type: &str, field: &str) -> Option<Self> {
        let essence = content_type.split(';').next()?;
        if !essence.trim().eq_ignore_ascii_case("multipart/form-data") {
            return None;
        }
        let boundary = parameter(content_type, "boundary").filter(|boundary| !boundary.is_empty())?;
        let delimiter = format!("--{boundary}").into_bytes();
        Some(Self { delimiter, field: field.to_owned(), line: 0, searched: 0, state: State::Before })
    }

    /// Continues with the body so far, from its first byte on. `complete` says that nothing follows.
    pub(super) fn scan(&mut self, body: &[u8], complete: bool) -> Found {
        loop {
            let rest = body.get(self.searched..).unwrap_or_default();
            let end = match rest.iter().position(|byte| *byte == b'\n') {
                Some(at) => self.searched + at + 1,
                None if complete && self.line < body.len() => body.len(),
                // What has no part at all is no form that broke off.
                None if complete && matches!(self.state, State::Before) => {
                    return Found::Absent;
                }
                None => {
                    self.searched = body.len();
                    return Found::Nothing;
                }
            };
            let line = body.get(self.line..end).unwrap_or_default();
            (self.line, self.searched) = (end, end);
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            if let Some(found) = self.read(line.strip_suffix(b"\r").unwrap_or(line)) {
                return found;
            }
        }
    }

    /// Reads one line, without its end.
    fn read(&mut self, line: &[u8]) -> Option<Found> {
        if let Some(tail) = line.strip_prefix(&*self.delimiter)
            && let is_last = tail.starts_with(b"--")
            && (is_last || tail.iter().all(|byte| matches!(byte, b' ' | b'\t')))
        {
            return match std::mem::replace(&mut self.state, State::Header { is_field: false }) {
                State::Behind(value) => Some(Found::Token(value)),
                State::Value => Some(Found::Token(String::new())),
                _ if is_last => Some(Found::Absent),
                _ => None,
            };
        }
        match &mut self.state {
            State::Header { is_field } if line.is_empty() => {
                self.state = if *is_field { State::Value } else { State::Skipping };
            }
            State::Header { is_field } => *is_field = *is_field || names(line, &self.field),
            State::Value => {
                let value = line.get(..MAX_VALUE + 1).map_or(line, |_| b"");
                self.state = State::Behind(String::from_utf8_lossy(value).into_owned());
            }
            // No token has two lines.
            State::Behind(value) => value.clear(),
            State::Before | State::Skipping => {}
        }
        None
    }
}

/// Whether the line of a header names this field, and not a file.
fn names(line: &[u8], field: &str) -> bool {
    let line = String::from_utf8_lossy(line);
    let Some((name, value)) = line.split_once(':') else { return false };
    let kind = value.split(';').next().unwrap_or_default();
    name.trim().eq_ignore_ascii_case("content-disposition")
        && kind.trim().eq_ignore_ascii_case("form-data")
        && parameter(value, "name").as_deref() == Some(field)
        && parameter(value, "filename").is_none()
        && parameter(value, "filename*").is_none()
}
