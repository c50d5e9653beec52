use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::{Serialize, de::DeserializeOwned};

use super::{
    AsKey, Op, State, ValueError,
    value::{decode_value, encode_value},
};
use crate::{Context, SessionError, Timestamp};

/// The session of one request, as a handler uses it. It is cheap to clone; all clones are the same session.
///
/// Reading and writing are local and synchronous. A change reaches the store when the session is saved, in one
/// compare-and-swap. If another request saved first, the change is replayed on the record of that request:
/// [`set`](Self::set) and [`remove`](Self::remove) win for their own key, [`update`](Self::update) runs its closure again,
/// and all other keys keep the values of the other request.
///
/// A method that returns an error has changed nothing.
///
/// ```
/// use alo_session::{Context, SessionConfig, Timestamp, Visit, exchange};
///
/// let session = exchange::fresh(&Context::new(SessionConfig::default()), &Visit::new(), Timestamp::from_millis(0));
/// session.set("name", "Ada")?;
/// session.update("visits", |visits: &mut u32| *visits += 1)?;
/// assert_eq!(session.get::<String>("name")?.as_deref(), Some("Ada"));
/// assert_eq!(session.get::<u32>("visits")?, Some(1));
/// # Ok::<(), alo_session::SessionError>(())
/// ```
#[derive(Clone)]
pub struct OpenSession {
    inner: Arc<Inner>,
}

struct Inner {
    context: Arc<Context>,
    state: Mutex<State>,
}

impl OpenSession {
    /// The value of the key, or `None` if there is none.
    ///
    /// # Errors
    /// [`ValueError::Decode`] if the value is not a `T`; it stays in the session.
    #[doc(alias = "get_value")]
    pub fn get<T: DeserializeOwned>(&self, key: impl AsKey<T>) -> Result<Option<T>, SessionError> {
        let (key, state) = (key.as_ref(), self.state());
        state
            .live
            .entries
            .get(key.as_bytes())
            .map(|bytes| Ok(decode_value(state.live.codec, key, bytes)?))
            .transpose()
    }

    /// The value of the key, or the default of its type if there is none.
    ///
    /// # Errors
    /// See [`get`](Self::get).
    pub fn get_or_default<T: DeserializeOwned + Default>(
        &self,
        key: impl AsKey<T>,
    ) -> Result<T, SessionError> {
        Ok(self.get(key)?.unwrap_or_default())
    }

    /// Sets the value of the key.
    ///
    /// # Errors
    /// [`SessionError`] if the value cannot be encoded, the key is reserved, empty or too long, a limit would be exceeded, or
    /// the session was destroyed. The JSON codec encodes no number that is not finite: [`ValueError::NotFinite`].
    #[doc(alias("insert", "put"))]
    pub fn set<T: Serialize>(&self, key: impl AsKey<T>, value: T) -> Result<(), SessionError> {
        let key = key.as_ref();
        self.check_key(key)?;
        let codec = self.state().live.codec;
        let value = encode_value(codec, key, &value)?;
        self.apply(Op::Set { key: key.into(), value })
    }

    /// Removes the key. Returns whether there was a value. It wins against a value that another request sets meanwhile, also
    /// if there was none.
    ///
    /// # Errors
    /// [`SessionError`] if the key is reserved or the session was destroyed.
    #[doc(alias("delete", "unset", "remove_value"))]
    pub fn remove(&self, key: impl AsRef<str>) -> Result<bool, SessionError> {
        let key = key.as_ref();
        self.check_key(key)?;
        let there = self.contains(key);
        self.apply(Op::Remove { key: key.into() })?;
        Ok(there)
    }

    /// Removes the key and returns its value.
    ///
    /// Two concurrent requests may both take the same value. If only one may take it, use a one-time
    /// [token](super::Tokens::claim).
    ///
    /// # Errors
    /// [`SessionError`] if the value is not a `T`, which leaves it in the session; otherwise see [`remove`](Self::remove).
    #[doc(alias("pop", "remove", "remove_as"))]
    pub fn take<T: DeserializeOwned>(&self, key: impl AsKey<T>) -> Result<Option<T>, SessionError> {
        self.check_key(key.as_ref())?;
        let value = self.get(&key)?;
        if value.is_some() {
            self.remove(&key)?;
        }
        Ok(value)
    }

    /// Whether the key has a value.
    #[doc(alias("contains_key", "has"))]
    #[must_use]
    pub fn contains(&self, key: impl AsRef<str>) -> bool {
        self.state().live.entries.get(key.as_ref().as_bytes()).is_some()
    }

    /// Removes all keys of the application, also those that another request sets meanwhile. The tokens, flash messages, owner and lifetimes stay.
    ///
    /// # Errors
    /// [`SessionError::Destroyed`] if the session was destroyed.
    #[doc(alias = "purge")]
    pub fn clear(&self) -> Result<(), SessionError> {
        self.apply(Op::Clear)
    }

    /// Applies an operation, or returns an error and changes nothing.
    pub(super) fn apply(&self, op: Op) -> Result<(), SessionError> {
        let mut state = self.state();
        if let Op::Set { key, value } = &op {
            self.check_room(&state, key, value.len())?;
        }
        state.apply(op, self.context().config())
    }

    /// Checks the length of a key or of the name of a token.
    pub(super) fn check_length(&self, key: &str) -> Result<(), ValueError> {
        let limit = self.context().config().limits.max_key_bytes;
        match key.len() {
            found if found == 0 || found > limit => Err(ValueError::Key { limit, found }),
            _ => Ok(()),
        }
    }

    pub(super) fn check_key(&self, key: &str) -> Result<(), ValueError> {
        self.check_length(key)?;
        if self.context().config().is_reserved(key) {
            return Err(ValueError::Reserved { key: key.to_owned() });
        }
        Ok(())
    }

    pub(super) fn check_room(&self, state: &State, key: &[u8], value: usize) -> Result<(), ValueError> {
        let entries = &state.live.entries;
        let limits = self.context().config().limits;
        let old = entries.get(key);
        let config = self.context().config();
        let is_reserved = || str::from_utf8(key).is_ok_and(|key| config.is_reserved(key));
        // Cheap checks first; only then leave out the reserved keys.
        if old.is_none()
            && entries.len() >= limits.max_keys
            && !is_reserved()
            && state.live.keys_of_application(config) >= limits.max_keys
        {
            return Err(ValueError::TooManyKeys { limit: limits.max_keys });
        }
        let size = entries.size() + value + if old.is_none() { key.len() } else { 0 };
        let size = size - old.map_or(0, <[u8]>::len);
        if size > limits.max_bytes {
            let largest =
                entries.largest().filter(|(_, most)| most.len() > value).map_or(key, |(key, _)| key);
            let largest = String::from_utf8_lossy(largest).into_owned();
            return Err(ValueError::TooLarge { size, limit: limits.max_bytes, largest });
        }
        Ok(())
    }

    #[inline]
    pub(crate) fn from_state(context: Arc<Context>, state: State) -> Self {
        Self { inner: Arc::new(Inner { context, state: Mutex::new(state) }) }
    }

    pub(crate) fn context(&self) -> &Arc<Context> {
        &self.inner.context
    }

    /// The time of the clock of the context, or of the last call of the driver.
    pub(crate) fn time(&self) -> Timestamp {
        self.context().time().unwrap_or_else(|| self.state().now)
    }

    /// The locked state. Every change of it is one step, so a panic elsewhere cannot leave it half changed.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for OpenSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("OpenSession")
            .field("handle", &state.base.as_ref().map(|base| base.key.digest.handle()))
            .field("keys", &state.live.entries.len())
            .field("operations", &state.delta.len())
            .finish()
    }
}
