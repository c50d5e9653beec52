use super::{
    change::Change,
    row::Progress,
    settle::{self, Written},
};
use crate::{exchange::Call, session::OpenSession};

/// The most records that a new session sweeps.
const BATCH: u32 = 256;

/// A batch of expired records is removed after a new session was stored. It is best effort.
#[derive(Debug)]
pub(super) struct Sweep {
    created: Written,
}

impl Sweep {
    pub(super) fn new(created: Written) -> Box<Self> {
        Box::new(Self { created })
    }

    pub(super) const fn call(&self) -> Call<'_> {
        Call::Sweep { limit: BATCH }
    }

    /// Whatever the store answers, the session was created.
    pub(super) fn done(self: Box<Self>, session: &OpenSession, change: &Change) -> Progress {
        settle::written(session, change, self.created)
    }
}
