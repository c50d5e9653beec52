use std::fmt;

use serde::{Deserialize, Serialize};

use super::OpenSession;
use crate::{SessionError, length::Length};

/// A message for the next page: it is set before a redirect and shown once after it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Flash {
    /// The kind of the message, such as `info` or `error`. The application chooses the words.
    pub kind: String,
    /// The text of the message.
    pub text: String,
}

impl OpenSession {
    /// The most flash messages of a session.
    pub const MAX_FLASHES: usize = 100;

    /// Adds a flash message. All messages of concurrent requests are kept. A session keeps the last
    /// [`MAX_FLASHES`](Self::MAX_FLASHES) messages that no page has taken, and of those only the newest that together take a
    /// quarter of [`max_bytes`](crate::config::Limits::max_bytes).
    ///
    /// A message belongs to its session. After a [`logout`](Self::logout) it waits in the session of nobody that is left, and after
    /// a sign-in in the new one. Where no session goes on it is not seen: one from before the `logout` is gone with the other
    /// values, and after [`destroy`](Self::destroy) this is the error [`Destroyed`](SessionError::Destroyed).
    ///
    /// # Errors
    /// [`SessionError`] if a limit would be exceeded or the session was destroyed.
    #[doc(alias = "message")]
    pub fn flash(&self, kind: impl Into<String>, text: impl Into<String>) -> Result<(), SessionError> {
        let message = Flash { kind: kind.into(), text: text.into() };
        let room = self.context().config().limits.max_bytes / 4;
        self.change_flashes(move |messages| {
            messages.push(message.clone());
            let too_large = |messages: &[Flash]| {
                messages.iter().map(|message| message.kind.len() + message.text.len()).sum::<usize>() > room
            };
            while messages.len() > 1 && (messages.len() > Self::MAX_FLASHES || too_large(messages)) {
                messages.remove(0);
            }
        })
    }

    /// Removes and returns the flash messages, oldest first. A message that another request adds meanwhile stays for the next
    /// page. If the response may never be shown, as with `HEAD` or a prefetch, the messages are returned and stay.
    ///
    /// # Errors
    /// [`SessionError`] if the messages cannot be read or the session was destroyed.
    pub fn take_flashes(&self) -> Result<Vec<Flash>, SessionError> {
        let seen: Vec<Flash> = self.get_or_default(&self.context().config().flash_key)?;
        if !seen.is_empty() && !self.state().unseen {
            let taken = seen.clone();
            self.change_flashes(move |messages| {
                for message in &taken {
                    if let Some(at) = messages.iter().position(|other| other == message) {
                        messages.remove(at);
                    }
                }
            })?;
        }
        Ok(seen)
    }

    fn change_flashes(
        &self,
        change: impl Fn(&mut Vec<Flash>) + Send + Sync + 'static,
    ) -> Result<(), SessionError> {
        self.change(
            &self.context().config().flash_key,
            move |old: Option<Vec<Flash>>| {
                let mut messages = old.unwrap_or_default();
                change(&mut messages);
                Ok((Some(messages).filter(|messages| !messages.is_empty()), ()))
            },
            |error, _| error,
        )?
    }
}

impl fmt::Debug for Flash {
    /// Shows the kind, and how long the text is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flash").field("kind", &self.kind).field("text", &Length(self.text.len())).finish()
    }
}
