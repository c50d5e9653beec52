//! What each operation does in SQL. Each is one step: the caller has begun a transaction, and asks for the time in it.

mod change;
mod create;
mod family;
mod record;
mod rotate;
mod sweep;
#[cfg(test)]
mod tests;

use rusqlite::Connection;
use session_core::store::{Answer, Call};

use crate::failure::Result;

/// The connection, and the time of this step in milliseconds since 1970.
#[derive(Clone, Copy)]
pub(crate) struct Step<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) now: i64,
}

impl<'a> Step<'a> {
    pub(crate) const fn new(connection: &'a Connection, now: i64) -> Self {
        Self { connection, now }
    }

    pub(crate) fn perform(self, call: Call<'_>) -> Result<Answer> {
        Ok(match call {
            Call::Load { key } => Answer::Load(self.load(&key)?),
            Call::Create { key, write, cap } => Answer::Create(self.create(key, write, cap)?),
            Call::Commit { key, expected, write, .. } => Answer::Commit(self.commit(key, expected, write)?),
            Call::Touch { key, expected, ttl } => Answer::Touch(self.touch(key, expected, ttl)?),
            Call::Rotate { from, expected, to, write, tombstone } => {
                Answer::Rotate(self.rotate(from, expected, to, write, tombstone)?)
            }
            Call::Delete { key, expected, tombstone } => {
                Answer::Delete(self.delete(key, expected, tombstone)?)
            }
            Call::List { family, page } => Answer::List(self.list(family, page)?),
            Call::Revoke { family, keep } => Answer::Revoke(self.revoke(family, keep)?),
            Call::Sweep { limit } => Answer::Sweep(self.sweep(limit)?),
        })
    }
}

/// Whether one statement at most changes something, which SQLite undoes by itself if it fails.
pub(crate) const fn is_one_change(call: &Call<'_>) -> bool {
    !matches!(call, Call::Create { cap: Some(_), .. } | Call::Rotate { .. } | Call::Sweep { .. })
}
