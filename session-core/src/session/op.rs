use std::{fmt, sync::Arc, time::Duration};

use super::SignInRequired;
use crate::{
    SessionError, Timestamp,
    config::{Codec, SessionConfig},
    record::{Live, Piece},
};

/// The change of one value, from its old bytes to its new ones. `None` is an absent value.
pub(crate) type Change = dyn Fn(Codec, Option<&[u8]>) -> Result<Option<Piece>, SessionError> + Send + Sync;

/// One step of a request's change. It can be replayed on a record that another request changed meanwhile.
#[derive(Clone)]
pub(crate) enum Op {
    Set {
        key: Piece,
        value: Piece,
    },
    Remove {
        key: Piece,
    },
    Update {
        key: Piece,
        change: Arc<Change>,
    },
    /// Removes the application's keys.
    Clear,
    /// Removes all keys, also the reserved ones.
    Wipe,
    Login {
        owner: Box<str>,
        at: Timestamp,
        /// The values of another owner stay.
        keeps: bool,
    },
    /// The signed-in owner proved again who they are.
    Elevate {
        level: u8,
        at: Timestamp,
    },
    Logout {
        /// The owner who was signed in.
        owner: Box<str>,
        at: Timestamp,
    },
    Label {
        label: Option<Box<str>>,
    },
    Idle {
        idle: Option<Duration>,
    },
    /// Sets both lifetimes and makes the cookie persistent; `None` undoes that.
    Remember {
        lifetime: Option<Duration>,
        at: Timestamp,
    },
    /// A sign-out where no user is signed in: perhaps because the record could not be read.
    Forget,
    /// Requests a new id.
    Rotate,
    /// Ends the session. No operation follows it.
    Destroy,
}

impl Op {
    /// Applies the step, or returns an error and leaves the record unchanged.
    pub(crate) fn apply(&self, live: &mut Live, config: &SessionConfig) -> Result<(), SessionError> {
        match self {
            Self::Set { key, value } => live.entries.insert(key.clone(), value.clone()),
            Self::Remove { key } => {
                live.entries.remove(key);
            }
            Self::Update { key, change } => match change(live.codec, live.entries.get(key))? {
                Some(value) => live.entries.insert(key.clone(), value),
                None => {
                    live.entries.remove(key);
                }
            },
            Self::Clear => {
                let reserved = |key: &[u8]| str::from_utf8(key).is_ok_and(|key| config.is_reserved(key));
                live.entries.retain(reserved);
            }
            Self::Wipe => live.entries.retain(|_| false),
            Self::Login { owner, at, keeps } => {
                // All of it belongs to the previous owner: "remember me", the name of the device, the values.
                if live.owner.as_deref().is_some_and(|before| before != &**owner) {
                    live.forget();
                    live.label = None;
                    live.entries.retain(|_| *keeps);
                }
                live.owner = Some(owner.to_string());
                live.authenticate(*at, 0, config);
            }
            Self::Elevate { level, at } => {
                if live.owner.is_none() {
                    return Err(SignInRequired::NotSignedIn.into());
                }
                live.authenticate(*at, *level, config);
            }
            Self::Logout { at, .. } => {
                live.forget();
                live.owner = None;
                live.label = None;
                live.authenticate(*at, 0, config);
                live.authenticated = None;
            }
            Self::Label { label } => live.label.clone_from(label),
            Self::Idle { idle } => live.idle = *idle,
            Self::Remember { lifetime, at } => live.remember(*lifetime, *at, config),
            Self::Forget | Self::Rotate | Self::Destroy => {}
        }
        Ok(())
    }

    /// The key whose value does not depend any more on what was before. Such operations on different keys may change places.
    pub(crate) fn overwrites(&self) -> Option<&[u8]> {
        match self {
            Self::Set { key, .. } | Self::Remove { key } => Some(key),
            _ => None,
        }
    }

    /// Whether the old id must end when this is saved.
    pub(crate) const fn changes_rights(&self) -> bool {
        matches!(self, Self::Login { .. } | Self::Elevate { .. } | Self::Logout { .. } | Self::Rotate)
    }
}

impl fmt::Debug for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Op(redacted)")
    }
}
