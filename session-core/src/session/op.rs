use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;

use crate::{
    Timestamp,
    config::{Codec, SessionConfig},
    record::{Live, ValueError},
};

/// What an update makes of a value: from the bytes there are to the bytes there shall be.
pub(crate) type Change = dyn Fn(Codec, Option<&[u8]>) -> Result<Option<Bytes>, ValueError> + Send + Sync;

/// One step of a request's change, able to be replayed on a record that somebody else changed meanwhile.
#[derive(Clone)]
pub(crate) enum Op {
    Set {
        key: Box<str>,
        value: Bytes,
    },
    Remove {
        key: Box<str>,
    },
    Update {
        key: Box<str>,
        change: Arc<Change>,
    },
    /// Removes the application's keys.
    Clear,
    /// Removes everything, the library's keys too.
    Wipe,
    Login {
        owner: Box<str>,
        at: Timestamp,
    },
    Logout,
    Label {
        label: Option<Box<str>>,
    },
    Idle {
        idle: Option<Duration>,
    },
    /// Asks for a new id without another change.
    Rotate,
    /// Ends the session; nothing follows it.
    Destroy,
}

impl Op {
    /// Applies the step, or leaves the record as it is.
    pub(crate) fn apply(&self, live: &mut Live, config: &SessionConfig) -> Result<(), ValueError> {
        match self {
            Self::Set { key, value } => live.entries.insert(key, value.clone()),
            Self::Remove { key } => {
                live.entries.remove(key);
            }
            Self::Update { key, change } => match change(live.codec, live.entries.get(key))? {
                Some(value) => live.entries.insert(key, value),
                None => {
                    live.entries.remove(key);
                }
            },
            Self::Clear => {
                let reserved = |key: &[u8]| str::from_utf8(key).is_ok_and(|key| config.is_reserved(key));
                live.entries.retain(reserved);
            }
            Self::Wipe => live.entries.retain(|_| false),
            Self::Login { owner, at } => {
                live.owner = Some(owner.to_string());
                live.authenticated = Some(*at);
                live.deadline = at.after(config.absolute());
            }
            Self::Logout => {
                live.owner = None;
                live.authenticated = None;
                live.label = None;
            }
            Self::Label { label } => live.label = label.as_deref().map(str::to_owned),
            Self::Idle { idle } => live.idle = *idle,
            Self::Rotate | Self::Destroy => {}
        }
        Ok(())
    }

    /// Whether the old id must be dead at the commit.
    pub(crate) const fn changes_rights(&self) -> bool {
        matches!(self, Self::Login { .. } | Self::Logout | Self::Rotate)
    }
}

impl fmt::Debug for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Set { .. } => "Set",
            Self::Remove { .. } => "Remove",
            Self::Update { .. } => "Update",
            Self::Clear => "Clear",
            Self::Wipe => "Wipe",
            Self::Login { .. } => "Login",
            Self::Logout => "Logout",
            Self::Label { .. } => "Label",
            Self::Idle { .. } => "Idle",
            Self::Rotate => "Rotate",
            Self::Destroy => "Destroy",
        })
    }
}
