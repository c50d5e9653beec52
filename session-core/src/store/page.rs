use std::{fmt, num::NonZeroU32, str::FromStr};

use super::Stored;
use crate::id::{Digest, ParseHandleError, SessionHandle};

/// Selects a part of the list of a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "callers build it")]
pub struct Page {
    /// The end of the part before, or `None` for the first part.
    pub after: Option<Cursor>,
    /// The greatest number of sessions to return.
    pub limit: NonZeroU32,
}

impl Default for Page {
    /// The newest 100 sessions.
    fn default() -> Self {
        Self::first(NonZeroU32::MIN.saturating_add(99))
    }
}

impl Page {
    /// Selects the newest sessions.
    #[must_use]
    pub const fn first(limit: NonZeroU32) -> Self {
        Self { after: None, limit }
    }

    /// Cuts this part out of a whole list, newest first, and returns it with the begin of the next part: for a store that
    /// reads a family as a whole.
    pub fn cut<T>(
        self,
        newest_first: impl IntoIterator<Item = (Cursor, T)>,
    ) -> (Vec<(Digest, T)>, Option<Cursor>) {
        let limit = usize::try_from(self.limit.get()).unwrap_or(usize::MAX);
        let mut rest = newest_first
            .into_iter()
            .skip_while(|(cursor, _)| self.after.is_some_and(|after| *cursor >= after));
        let mut last = None;
        let sessions = rest.by_ref().take(limit).map(|(cursor, session)| {
            last = Some(cursor);
            (cursor.digest, session)
        });
        let sessions = sessions.collect();
        (sessions, last.filter(|_| rest.next().is_some()))
    }
}

/// A part of a family's list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_structs, reason = "stores build it")]
pub struct Listed {
    /// Live sessions, newest first. There may be fewer than the limit, even none, although more follow.
    pub sessions: Vec<(Digest, Stored)>,
    /// The begin of the next part, or `None` if no session follows.
    pub next: Option<Cursor>,
}

/// A place in the list of a family. It remains valid when the session that it names ends. It is not a secret.
///
/// Its text has 80 hexadecimal digits and suits a link to the next page.
///
/// ```
/// use session_core::{id::Digest, store::Cursor};
///
/// let cursor = Cursor { position: 42, digest: Digest::from_bytes([7; 32]) };
/// assert_eq!(cursor.to_string().parse(), Ok(cursor));
/// assert!("42".parse::<Cursor>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::exhaustive_structs, reason = "stores build it")]
pub struct Cursor {
    /// A number that the store chose. A newer session has a greater one.
    pub position: u64,
    /// The session, which orders sessions with the same position.
    pub digest: Digest,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}{}", self.position, self.digest.handle().to_hex())
    }
}

impl FromStr for Cursor {
    type Err = ParseCursorError;

    /// Reads what `Display` writes.
    fn from_str(text: &str) -> Result<Self, ParseCursorError> {
        let (position, digest) = text.split_at_checked(16).ok_or(ParseCursorError)?;
        // `from_str_radix` would take a sign and capital letters.
        if !position.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(ParseCursorError);
        }
        let position = u64::from_str_radix(position, 16).map_err(|_| ParseCursorError)?;
        let digest: Result<SessionHandle, ParseHandleError> = digest.parse();
        Ok(Self { position, digest: digest.map_err(|_| ParseCursorError)?.digest() })
    }
}

/// The text is not a [`Cursor`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a place in a list of sessions must have 80 hexadecimal digits in lower case: `Display` of a cursor writes them"
)]
#[non_exhaustive]
pub struct ParseCursorError;
