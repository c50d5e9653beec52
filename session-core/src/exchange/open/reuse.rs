use super::{Found, LATE, MAX_HOPS, Search, Stage};
use crate::{
    Timestamp,
    config::OnReuse,
    exchange::{Ending, Revoking, SessionError, Step},
    id::{Digest, StoreKey},
    observe::{EndedBy, log},
    record::Record,
    session::{Arrival, Arrived, Standing},
    store::Stored,
};

/// An id that was used after the grace of its rotation.
#[derive(Clone, Copy)]
pub(super) struct Reused {
    pub(super) key: StoreKey,
    pub(super) to: Digest,
    pub(super) grace_until: Timestamp,
}

impl Search<'_> {
    /// The session that the reused id became tells whose it is.
    pub(super) fn behind(
        &mut self,
        reused: Reused,
        hops: u8,
        stored: Option<Stored>,
    ) -> Result<Found, SessionError> {
        match stored.and_then(|stored| Record::decode_owned(stored.data).ok()) {
            Some(Record::Live(live)) => self.reused(&reused, live.owner.as_deref()),
            Some(Record::Moved { to, .. }) if hops < MAX_HOPS => {
                Ok(Step::Ask(Stage::Behind { reused, at: to, hops: hops + 1 }))
            }
            _ => self.reused(&reused, None),
        }
    }

    /// The id was replaced so long ago that its browser must know the new id.
    pub(super) fn reused(&mut self, reused: &Reused, owner: Option<&str>) -> Result<Found, SessionError> {
        let Reused { key, to, grace_until } = *reused;
        log::reused(&self.context, &key, owner);
        Ok(match self.context.config().on_reuse {
            OnReuse::Report => {
                let is_late = self.now < grace_until.after(LATE);
                let standing = if is_late { Standing::Late } else { Standing::Free };
                return self.skip(Arrived { standing, ..Arrived::new(Arrival::Reused) });
            }
            OnReuse::EndFamily if key.is_owned() => {
                let families = match owner {
                    Some(owner) => self.context.config().families_of(owner).collect(),
                    None => vec![key.family],
                };
                let revoking = Box::new(Revoking::new(&self.context, families, None, EndedBy::Reuse, owner));
                Step::Ask(Stage::Revoke { revoking, reused: key })
            }
            OnReuse::EndFamily => {
                let moved = StoreKey { digest: to, ..key };
                let ending = Box::new(Ending::new(&self.context, moved, None, EndedBy::Reuse, self.now));
                Step::Ask(Stage::End { ending, reused: Some(key) })
            }
        })
    }
}
