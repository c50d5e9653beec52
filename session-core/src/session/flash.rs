use serde::{Deserialize, Serialize};

use super::{
    Session, ValueError,
    value::{decode_value, encode_value},
};

/// A message for the next page: it is set before a redirect and shown once after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// The kind of the message, such as `info` or `error`. The application chooses the words.
    pub kind: String,
    /// The text of the message.
    pub text: String,
}

impl Session {
    /// Adds a flash message. The messages of concurrent requests are all kept.
    ///
    /// # Errors
    /// [`ValueError`] if a limit would be exceeded or the session was destroyed.
    pub fn flash(&self, kind: impl Into<String>, text: impl Into<String>) -> Result<(), ValueError> {
        let message = Flash { kind: kind.into(), text: text.into() };
        self.change_flashes(move |messages| messages.push(message.clone()))
    }

    /// Removes and returns the flash messages, oldest first. A message that another request adds meanwhile stays for the next
    /// page.
    ///
    /// # Errors
    /// [`ValueError`] if the messages cannot be read or the session was destroyed.
    pub fn take_flashes(&self) -> Result<Vec<Flash>, ValueError> {
        let key = self.context().config().flash_key.to_owned();
        let seen: Vec<Flash> = self.get(&key)?.unwrap_or_default();
        if !seen.is_empty() {
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
    ) -> Result<(), ValueError> {
        let key = self.context().config().flash_key.to_owned();
        let name = key.clone();
        self.change(&key, move |codec, old| {
            let mut messages =
                old.map(|old| decode_value(codec, &name, old)).transpose()?.unwrap_or_default();
            change(&mut messages);
            if messages.is_empty() {
                return Ok(None);
            }
            encode_value(codec, &name, &messages).map(Some)
        })
    }
}
