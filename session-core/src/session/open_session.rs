use std::{
    convert::Infallible,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::{Serialize, de::DeserializeOwned};

use super::{
    AsKey, Op, State, ValueError,
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
/// session.update("visits", |visits: &mut u32| *visits += 1)?;
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
    pub fn get<T: DeserializeOwned>(&self, key: impl AsKey<T>) -> Result<Option<T>, ValueError> {
        let (key, state) = (key.as_ref(), self.state());
        state
            .live
            .entries
            .get(key.as_bytes())
            .map(|bytes| decode_value(state.live.codec, key, bytes))
            .transpose()
    }

    /// The value of the key, or the default of its type if there is none.
    ///
    /// # Errors
    /// See [`get`](Self::get).
    pub fn get_or_default<T: DeserializeOwned + Default>(&self, key: impl AsKey<T>) -> Result<T, ValueError> {
        Ok(self.get(key)?.unwrap_or_default())
    }

    /// Sets the value of the key.
    ///
    /// # Errors
    /// [`ValueError`] if the value cannot be encoded, the key is reserved, empty or too long, a limit would be exceeded, or
    /// the session was destroyed.
    pub fn set<T: Serialize>(&self, key: impl AsKey<T>, value: T) -> Result<(), ValueError> {
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
    /// [`ValueError`] if the key is reserved or the session was destroyed.
    pub fn remove(&self, key: impl AsRef<str>) -> Result<bool, ValueError> {
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
    /// [`ValueError`] if the value is not a `T`, which leaves it in the session; otherwise see [`remove`](Self::remove).
    pub fn take<T: DeserializeOwned>(&self, key: impl AsKey<T>) -> Result<Option<T>, ValueError> {
        self.check_key(key.as_ref())?;
        let value = self.get(&key)?;
        if value.is_some() {
            self.remove(&key)?;
        }
        Ok(value)
    }

    /// Changes the value of the key, and returns what `change` returns. Without a value, it starts from the default of `T`.
    ///
    /// ```
    /// # use session_core::{Context, SessionConfig, Timestamp, Visit, exchange, session::Key};
    /// # let context = Context::new(SessionConfig::default());
    /// # let session = exchange::fresh(&context, &Visit::new(), Timestamp::from_millis(0));
    /// const CART: Key<Vec<String>> = Key::new("cart");
    ///
    /// let sku = String::from("mug");
    /// let items = session.update(CART, |cart| { cart.push(sku); cart.len() })?;
    /// assert_eq!(items, 1);
    /// # Ok::<(), session_core::ValueError>(())
    /// ```
    ///
    /// If another request saves first, `change` runs again on the value of that request, so no update is lost. Each run gets
    /// its own clone of what the closure has captured, so the closure may use it up. It must depend on nothing else but the
    /// value, and must be quick. It may read the session but must not change it. What was returned is not changed by a run
    /// that follows.
    ///
    /// # Errors
    /// [`ValueError`] if the old value is not a `T`; otherwise see [`set`](Self::set).
    pub fn update<T, R>(
        &self,
        key: impl AsKey<T>,
        change: impl FnOnce(&mut T) -> R + Clone + Send + Sync + 'static,
    ) -> Result<R, ValueError>
    where
        T: Serialize + DeserializeOwned + Default,
    {
        let changed = self.try_update(key, move |value| Ok::<R, Infallible>(change(value)))?;
        Ok(changed.unwrap_or_else(|never| match never {}))
    }

    /// Like [`update`](Self::update), but `change` may refuse with an error of the application. Then nothing is changed.
    ///
    /// ```
    /// # use session_core::{Context, SessionConfig, Timestamp, Visit, exchange, session::Key};
    /// # let context = Context::new(SessionConfig::default());
    /// # let session = exchange::fresh(&context, &Visit::new(), Timestamp::from_millis(0));
    /// const SEATS: Key<u32> = Key::new("seats");
    /// # #[derive(Debug, PartialEq)]
    /// struct TooMany;
    ///
    /// let book = |number: u32| session.try_update(SEATS, move |seats| {
    ///     let all = *seats + number;
    ///     if all > 4 { return Err(TooMany) }
    ///     *seats = all;
    ///     Ok(all)
    /// });
    /// assert_eq!(book(3)?, Ok(3));
    /// assert_eq!(book(2)?, Err(TooMany)); // a handler may write `book(2)??`
    /// assert_eq!(session.get(SEATS)?, Some(3));
    /// # Ok::<(), session_core::ValueError>(())
    /// ```
    ///
    /// If another request saves first and `change` refuses what that request wrote, the save fails with
    /// [`ValueError::Refused`], and nothing is stored. The session then has what the other request wrote, so a second call
    /// gets the error of the application.
    ///
    /// # Errors
    /// See [`update`](Self::update). The inner error is that of `change`.
    pub fn try_update<T, R, E: 'static>(
        &self,
        key: impl AsKey<T>,
        change: impl FnOnce(&mut T) -> Result<R, E> + Clone + Send + Sync + 'static,
    ) -> Result<Result<R, E>, ValueError>
    where
        T: Serialize + DeserializeOwned + Default,
    {
        let key = key.as_ref();
        self.check_key(key)?;
        let change = move |old: Option<T>| {
            let mut value = old.unwrap_or_default();
            let told = change.clone()(&mut value)?;
            Ok((Some(value), told))
        };
        self.change(key, change, |_, key| ValueError::Refused { key: key.to_owned() })
    }

    /// Whether the key has a value.
    #[must_use]
    pub fn contains(&self, key: impl AsRef<str>) -> bool {
        self.state().live.entries.get(key.as_ref().as_bytes()).is_some()
    }

    /// Removes all keys of the application, also those that another request sets meanwhile. The tokens, flash messages, owner and lifetimes stay.
    ///
    /// # Errors
    /// [`ValueError::Destroyed`] if the session was destroyed.
    pub fn clear(&self) -> Result<(), ValueError> {
        self.apply(Op::Clear)
    }

    /// Changes the value of one key now, and again on every record on which the request is replayed. The lock is not held
    /// while `change` runs, so it may read the session. A refusal by `change` changes nothing now, and is the error that
    /// `refused` makes of it if it comes in a replay.
    pub(super) fn change<T: Serialize + DeserializeOwned, R, E: 'static>(
        &self,
        key: &str,
        change: impl Fn(Option<T>) -> Result<(Option<T>, R), E> + Send + Sync + 'static,
        refused: fn(E, &str) -> ValueError,
    ) -> Result<Result<R, E>, ValueError> {
        let run = move |key: &str, codec: Codec, old: Option<&[u8]>| {
            let old = old.map(|old| decode_value(codec, key, old)).transpose()?;
            let (new, told) = match change(old) {
                Ok(changed) => changed,
                Err(refusal) => return Ok(Err(refusal)),
            };
            Ok(Ok((new.map(|new| encode_value(codec, key, &new)).transpose()?, told)))
        };
        loop {
            let (codec, old, seen) = {
                let state = self.state();
                let old = state.live.entries.get(key.as_bytes()).map(Piece::from);
                (state.live.codec, old, state.version)
            };
            let ran: Result<_, ValueError> = run(key, codec, old.as_deref());
            let (new, told) = match ran? {
                Ok(changed) => changed,
                Err(refusal) => return Ok(Err(refusal)),
            };
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
            let name: Box<str> = key.into();
            let change = Arc::new(move |codec: Codec, old: Option<&[u8]>| {
                run(&name, codec, old)?.map(|(new, _)| new).map_err(|refusal| refused(refusal, &name))
            });
            state.push(Op::Update { key: key.into(), change });
            return Ok(Ok(told));
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
