use super::row::{Next, Row};
use crate::{
    exchange::{Answer, Call, Saved, Settled, Step},
    observe::log,
    session::OpenSession,
};

/// The most records that one call removes.
const BATCH: u32 = 1000;

/// How many records are removed for each one that was added. Every write that adds a record rolls the dice, so this is the
/// margin by which collecting is faster than what is left behind.
const MARGIN: u32 = 4;

/// The fewest records that are removed at a time.
const LEAST: u32 = 256;

/// Expired records are removed after a session got an id, and perhaps left a tombstone. It is best effort.
#[derive(Debug)]
pub(super) struct Sweep {
    settled: Settled,
    /// How many records may still be removed.
    left: u32,
}

impl Sweep {
    /// What comes after the save: one in [`sweep_one_in`](crate::config::Settings::sweep_one_in) writes that added a record
    /// removes some. The digest of the new id is uniformly random, so no further randomness is needed.
    pub(super) fn after(settled: Settled, session: &OpenSession) -> Step<Row, Settled> {
        let one_in = session.context().config().sweep_one_in;
        let digest = match settled.saved {
            Saved::Created | Saved::Rotated if one_in > 0 => {
                session.state().base.as_ref().map(|base| *base.key.digest.as_bytes())
            }
            _ => None,
        };
        match digest {
            Some([.., a, b, c, d]) if u32::from_be_bytes([a, b, c, d]).is_multiple_of(one_in) => {
                let left = one_in.saturating_mul(MARGIN).max(LEAST);
                Step::Ask(Row::Sweep(Box::new(Self { settled, left })))
            }
            _ => Step::Done(settled),
        }
    }

    pub(super) fn call(&self) -> Call<'_> {
        Call::Sweep { limit: self.left.min(BATCH) }
    }

    pub(super) fn answer(mut self: Box<Self>, session: &OpenSession, answer: &Answer) -> Next {
        let limit = self.left.min(BATCH);
        let Answer::Sweep(removed) = *answer else { return self.done() };
        log::swept(session.context(), removed);
        self.left -= limit;
        if self.left > 0 && removed >= u64::from(limit) {
            return Next::Ask(Row::Sweep(self));
        }
        self.done()
    }

    /// Whatever the store answers, the session was saved.
    pub(super) fn done(self) -> Next {
        Next::Done(self.settled)
    }
}
