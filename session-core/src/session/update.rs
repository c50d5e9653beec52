use std::{convert::Infallible, sync::Arc};

use serde::{Serialize, de::DeserializeOwned};

use super::{
    AsKey, Op, OpenSession,
    value::{decode_value, encode_value},
};
use crate::{SessionError, config::Codec, record::Piece};

/// Changes that are made again on what another request has saved.
impl OpenSession {
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
    /// # Ok::<(), session_core::SessionError>(())
    /// ```
    ///
    /// If another request saves first, `change` runs again on the value of that request, so no update is lost. Each run gets
    /// its own clone of what the closure has captured, so the closure may use it up. It must depend on nothing else but the
    /// value, and must be quick. It may read the session but must not change it. What was returned is not changed by a run
    /// that follows.
    ///
    /// # Errors
    /// [`SessionError`] if the old value is not a `T`; otherwise see [`set`](Self::set).
    #[doc(alias("modify", "get_mut", "update_or", "increment"))]
    pub fn update<T, R>(
        &self,
        key: impl AsKey<T>,
        change: impl FnOnce(&mut T) -> R + Clone + Send + Sync + 'static,
    ) -> Result<R, SessionError>
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
    /// # Ok::<(), session_core::SessionError>(())
    /// ```
    ///
    /// If another request saves first and `change` refuses what that request wrote, the save fails with
    /// [`SessionError::Refused`], and nothing is stored. The session then has what the other request wrote, so a second call
    /// gets the error of the application.
    ///
    /// # Errors
    /// See [`update`](Self::update). The inner error is that of `change`.
    pub fn try_update<T, R, E: 'static>(
        &self,
        key: impl AsKey<T>,
        change: impl FnOnce(&mut T) -> Result<R, E> + Clone + Send + Sync + 'static,
    ) -> Result<Result<R, E>, SessionError>
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
        self.change(key, change, |_, key| SessionError::Refused { key: key.to_owned() })
    }

    /// Changes the value of one key now, and again on every record on which the request is replayed. The lock is not held
    /// while `change` runs, so it may read the session. A refusal by `change` changes nothing now, and is the error that
    /// `refused` makes of it if it comes in a replay.
    pub(super) fn change<T: Serialize + DeserializeOwned, R, E: 'static>(
        &self,
        key: &str,
        change: impl Fn(Option<T>) -> Result<(Option<T>, R), E> + Send + Sync + 'static,
        refused: fn(E, &str) -> SessionError,
    ) -> Result<Result<R, E>, SessionError> {
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
            let ran: Result<_, SessionError> = run(key, codec, old.as_deref());
            let (new, told) = match ran? {
                Ok(changed) => changed,
                Err(refusal) => return Ok(Err(refusal)),
            };
            let mut state = self.state();
            if state.version != seen {
                continue;
            }
            if state.is_ended() {
                return Err(SessionError::Destroyed);
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
}
