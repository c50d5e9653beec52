use std::time::Duration;

use super::{OpenSession, value::value_to_json};
use crate::{SessionError, Timestamp};

impl OpenSession {
    /// The application's keys, sorted.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        let state = self.state();
        let keys = state.live.entries.iter().filter_map(|(key, _)| str::from_utf8(key).ok());
        keys.filter(|key| !self.context().config().is_reserved(key)).map(str::to_owned).collect()
    }

    /// The number of the application's keys.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys().len()
    }

    /// Whether the application has stored no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The whole session as JSON, for inspection: the application's keys and their values.
    ///
    /// It also gives access by index, which the session itself cannot offer: its values are encoded, and an index returns a
    /// reference.
    ///
    /// ```
    /// # use session_core::{Context, SessionConfig, Timestamp, Visit, exchange};
    /// # let context = Context::new(SessionConfig::default());
    /// # let session = exchange::fresh(&context, &Visit::new(), Timestamp::from_millis(0));
    /// session.set("cart", vec![("apples", 3)])?;
    /// assert_eq!(session.to_json()?["cart"][0][1], 3);
    /// # Ok::<(), session_core::SessionError>(())
    /// ```
    ///
    /// Values are shown as their codec has stored them. A value of the bincode codec does not describe itself and appears as
    /// `{"bincode_bytes": n}`. MessagePack has bytes where JSON has none, such as in a UUID or a number of 128 bits:
    /// they appear as `{"bytes": "7f000001"}`. A key of a map that is not a text appears as its JSON, and a number that is not
    /// finite as a text, such as `"NaN"`. Numbers of more than 64 bits that the JSON codec has stored appear rounded.
    ///
    /// # Errors
    /// [`ValueError::Decode`](super::ValueError::Decode) if the stored bytes are damaged; it names the key.
    #[doc(alias("entries", "dump"))]
    pub fn to_json(&self) -> Result<serde_json::Value, SessionError> {
        let state = self.state();
        let mut object = serde_json::Map::new();
        for (key, value) in state.live.entries.iter() {
            let key = String::from_utf8_lossy(key);
            if !self.context().config().is_reserved(&key) {
                let value = value_to_json(state.live.codec, &key, value)?;
                object.insert(key.into_owned(), value);
            }
        }
        Ok(object.into())
    }

    /// When the session was created.
    #[must_use]
    pub fn created(&self) -> Timestamp {
        self.state().live.created
    }

    /// When the session ends, however much it is used. A sign-in moves this deadline.
    #[must_use]
    pub fn absolute_deadline(&self) -> Timestamp {
        self.state().live.deadline
    }

    /// When the owner last signed in. `None` if no user is signed in.
    #[must_use]
    pub fn authenticated(&self) -> Option<Timestamp> {
        self.state().live.authenticated
    }

    /// The level of the last sign-in: 0 after [`login`](Self::login), or the level given to [`elevate`](Self::elevate).
    #[must_use]
    pub fn level(&self) -> u8 {
        self.state().live.level
    }

    /// How long the session lives from `now` on if it is not used again: the remaining idle time, but not past the absolute
    /// deadline. For a session that is not stored or was changed, this is as if it were saved now.
    #[doc(alias("expiry", "expiry_age", "ttl", "timeout"))]
    #[must_use]
    pub fn expires_in(&self, now: Timestamp) -> Duration {
        let state = self.state();
        let live = &state.live;
        let full = live.ttl(self.context().config(), now).min(live.deadline.since(now));
        match &state.base {
            Some(base) if state.delta.is_empty() => base.expires.since(now).min(full),
            _ => full,
        }
    }
}
