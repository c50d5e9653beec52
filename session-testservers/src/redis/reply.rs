use std::io::{self, BufRead, Read as _};

/// The reply of a Redis server to a command.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reply {
    /// No value.
    Nil,
    /// A number.
    Integer(i64),
    /// A status or a byte string.
    Bytes(Vec<u8>),
    /// An error inside a list. An error that is the whole reply is a [`ServerError`](crate::ServerError).
    Error(String),
    /// Several replies.
    List(Vec<Reply>),
}

impl Reply {
    /// The reply as text: a number as digits, a list line by line, `Nil` as an empty text.
    ///
    /// ```
    /// use session_testservers::Reply;
    ///
    /// let reply = Reply::List(vec![Reply::Bytes(b"maxmemory".to_vec()), Reply::Integer(0)]);
    /// assert_eq!(reply.text(), "maxmemory\n0");
    /// ```
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Nil => String::new(),
            Self::Integer(number) => number.to_string(),
            Self::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Self::Error(error) => error.clone(),
            Self::List(parts) => parts.iter().map(Self::text).collect::<Vec<_>>().join("\n"),
        }
    }

    /// Reads one reply of the RESP2 protocol.
    pub(super) fn read(from: &mut impl BufRead) -> io::Result<Self> {
        let mut line = vec![];
        from.read_until(b'\n', &mut line)?;
        let line = line.strip_suffix(b"\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
        let Some((kind, rest)) = line.split_first() else { return Err(strange(line)) };
        let text = || String::from_utf8_lossy(rest).into_owned();
        let number = || text().parse::<i64>().map_err(|_| strange(line));
        // A negative length means `Nil`.
        let length = || number().map(|length| usize::try_from(length).ok());
        match kind {
            b'+' => Ok(Self::Bytes(rest.to_vec())),
            b'-' => Ok(Self::Error(text())),
            b':' => number().map(Self::Integer),
            b'$' => length()?.map_or(Ok(Self::Nil), |length| Self::read_bytes(from, length)),
            b'*' => length()?.map_or(Ok(Self::Nil), |length| {
                (0..length).map(|_| Self::read(from)).collect::<io::Result<_>>().map(Self::List)
            }),
            _ => Err(strange(line)),
        }
    }

    fn read_bytes(from: &mut impl BufRead, length: usize) -> io::Result<Self> {
        let mut bytes = vec![];
        let wanted = u64::try_from(length).map_err(io::Error::other)?;
        from.take(wanted).read_to_end(&mut bytes)?;
        let mut end = [0; 2];
        from.read_exact(&mut end)?;
        if end == *b"\r\n" { Ok(Self::Bytes(bytes)) } else { Err(strange(&bytes)) }
    }
}

fn strange(line: &[u8]) -> io::Error {
    io::Error::other(format!("not an answer of redis: {}", String::from_utf8_lossy(line)))
}
