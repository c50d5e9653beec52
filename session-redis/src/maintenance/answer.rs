use crate::protocol::Reply;

/// What a server replied to a command.
///
/// Not exhaustive, because a newer protocol has more kinds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// No value, or one that has no place here.
    Nil,
    /// A number.
    Number(i64),
    /// A status or a byte string.
    Bytes(Vec<u8>),
    /// Several answers.
    List(Vec<Self>),
    /// An error inside a list.
    Error(String),
}

impl Answer {
    /// Returns the answer as text: a number as digits, a list line by line, `Nil` as an empty text.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Nil => String::new(),
            Self::Number(number) => number.to_string(),
            Self::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Self::List(parts) => parts.iter().map(Self::text).collect::<Vec<_>>().join("\n"),
            Self::Error(line) => line.clone(),
        }
    }

    /// Returns the bytes of a status or a byte string; none for any other answer.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            _ => &[],
        }
    }

    /// Returns the parts of a list; none for any other answer.
    #[must_use]
    pub fn parts(&self) -> &[Self] {
        match self {
            Self::List(parts) => parts,
            _ => &[],
        }
    }
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        match reply {
            Reply::Nil | Reply::Other => Self::Nil,
            Reply::Int(number) => Self::Number(number),
            Reply::Bytes(bytes) => Self::Bytes(bytes.to_vec()),
            Reply::Status(text) => Self::Bytes(text.into_bytes()),
            Reply::Array(parts) => Self::List(parts.into_iter().map(Self::from).collect()),
            Reply::Error(line) => Self::Error(line),
        }
    }
}
