use serde::{Deserialize, Serialize};

use super::Session;
use crate::record::{ValueError, decode_value, encode_value};

/// A message for the next page: set before a redirect, shown once after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// What kind of message it is, such as `info` or `error`; the application's own words.
    pub kind: String,
    /// What it says.
    pub text: String,
}

impl Session {
    /// Adds a flash message. Messages of concurrent requests are all kept.
    ///
    /// # Errors
    /// [`ValueError`] if a limit would be passed or the session was destroyed.
    pub fn flash(&self, kind: impl Into<String>, text: impl Into<String>) -> Result<(), ValueError> {
        let message = Flash { kind: kind.into(), text: text.into() };
        self.change_flashes(move |messages| messages.push(message.clone()))
    }

    /// Takes the flash messages, oldest first. A message added meanwhile by another request stays for the next page.
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
