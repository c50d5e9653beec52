use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::{Serialize, de::DeserializeOwned};

use super::{
    Op, State, ValueError,
    value::{decode_value, encode_value},
};
use crate::{Context, Timestamp, config::Codec, record::Piece};

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
/// use session_core::{Context, SessionConfig, Timestamp, Visit, exchange};
///
/// let session = exchange::fresh(&Context::new(SessionConfig::default()), &Visit::new(), Timestamp::from_millis(0));
/// session.set("name", "Ada")?;
/// session.update("visits", |visits: Option<u32>| visits.unwrap_or(0) + 1)?;
/// assert_eq!(session.get::<String>("name")?.as_deref(), Some("Ada"));
/// assert_eq!(session.get::<u32>("visits")?, Some(1));
/// # Ok::<(), session_core::ValueError>(())
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
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, ValueError> {
        let state = self.state();
        state
            .live
            .entries
            .get(key.as_bytes())
            .map(|bytes| decode_value(state.live.codec, key, bytes))
            .transpose()
    }

    /// Sets the value of the key.
    ///
    /// # Errors
    /// [`ValueError`] if the value cannot be encoded, the key is reserved, empty or too long, a limit would be exceeded, or
    /// the session was destroyed.
    pub fn set<T: Serialize>(&self, key: &str, value: T) -> Result<(), ValueError> {
        self.check_key(key)?;
        let codec = self.state().live.codec;
        let value = encode_value(codec, key, &value)?;
        self.apply(Op::Set { key: key.into(), value })
    }

    /// Removes the key. Returns whether there was a value. It wins against a value that another request sets meanwhile, also
    /// if there was none.
    ///
    /// # Errors
    /// [`ValueError`] if the key is reserved or the session was destroyed.
    pub fn remove(&self, key: &str) -> Result<bool, ValueError> {
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
    /// [`ValueError`] if the value is not a `T`, which leaves it in the session; otherwise see [`remove`](Self::remove).
    pub fn take<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, ValueError> {
        self.check_key(key)?;
        let value = self.get(key)?;
        if value.is_some() {
            self.remove(key)?;
        }
        Ok(value)
    }

    /// Replaces the value of the key by the result of `change`, and returns the new value.
    ///
    /// If another request saves first, `change` runs again on the value of that request, so no update is lost. It must
    /// therefore depend only on its argument, and must be quick. It may read the session but must not change it.
    ///
    /// # Errors
    /// [`ValueError`] if the old value is not a `T`; otherwise see [`set`](Self::set).
    pub fn update<T, F>(&self, key: &str, change: F) -> Result<T, ValueError>
    where
        T: Serialize + DeserializeOwned,
        F: Fn(Option<T>) -> T + Send + Sync + 'static,
    {
        self.check_key(key)?;
        self.change(key, move |old| Ok(Some(change(old))))?;
        self.get(key).map(|value| value.ok_or(ValueError::Destroyed))?
    }

    /// Whether the key has a value.
    #[must_use]
    pub fn contains(&self, key: &str) -> bool {
        self.state().live.entries.get(key.as_bytes()).is_some()
    }

    /// Removes all keys of the application, also those that another request sets meanwhile. The tokens, flash messages, owner and lifetimes stay.
    ///
    /// # Errors
    /// [`ValueError::Destroyed`] if the session was destroyed.
    pub fn clear(&self) -> Result<(), ValueError> {
        self.apply(Op::Clear)
    }

    /// Changes the value of one key now, and again on every record on which the request is replayed. The lock is not held
    /// while `change` runs, so it may read the session.
    pub(super) fn change<T: Serialize + DeserializeOwned>(
        &self,
        key: &str,
        change: impl Fn(Option<T>) -> Result<Option<T>, ValueError> + Send + Sync + 'static,
    ) -> Result<(), ValueError> {
        let name: Box<str> = key.into();
        let change = Arc::new(move |codec: Codec, old: Option<&[u8]>| {
            let old = old.map(|old| decode_value(codec, &name, old)).transpose()?;
            change(old)?.map(|new| encode_value(codec, &name, &new)).transpose()
        });
        loop {
            let (codec, old, seen) = {
                let state = self.state();
                let old = state.live.entries.get(key.as_bytes()).map(Piece::from);
                (state.live.codec, old, state.version)
            };
            let new = change(codec, old.as_deref())?;
            let mut state = self.state();
            if state.version != seen {
                continue;
            }
            if state.is_ended() {
                return Err(ValueError::Destroyed);
            }
            if let Some(new) = &new {
                self.check_room(&state, key.as_bytes(), new.len())?;
            }
            state.before_change();
            match new {
                Some(new) => state.live.entries.insert(key.into(), new),
                None => {
                    state.live.entries.remove(key.as_bytes());
                }
            }
            state.push(Op::Update { key: key.into(), change });
            return Ok(());
        }
    }

    /// Applies an operation, or returns an error and changes nothing.
    pub(super) fn apply(&self, op: Op) -> Result<(), ValueError> {
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

    fn check_key(&self, key: &str) -> Result<(), ValueError> {
        self.check_length(key)?;
        if self.context().config().is_reserved(key) {
            return Err(ValueError::Reserved { key: key.to_owned() });
        }
        Ok(())
    }

    fn check_room(&self, state: &State, key: &[u8], value: usize) -> Result<(), ValueError> {
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
            return Err(ValueError::TooLarge { size, limit: limits.max_bytes });
        }
        Ok(())
    }

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
