use std::time::Duration;

use session_core::store::{Adapter, Answer, BlockingAdapter, BlockingStore, Call, Cap, StoreError, Write};
use session_testkit::{Claims, Fixture, Means, ModelStore, OpenError, Opened};

/// One character that is wrong, as in real stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mistake {
    /// `>` for `>=`, where a cap is compared with a count.
    CapByOne,
    /// `1` for `2`: the statement that does not compare the revision is the one that runs.
    DeleteIsBlind,
    /// `PX` for `EX`, with seconds behind it: every deadline is rounded down to whole seconds.
    WholeSeconds,
}

/// A store that is right but for one mistake, through both APIs.
#[derive(Clone)]
pub(crate) struct Wrong {
    pub(crate) store: ModelStore,
    pub(crate) mistake: Mistake,
}

impl Wrong {
    fn bent<'a>(&self, call: Call<'a>) -> Call<'a> {
        let whole = |ttl: Duration| Duration::from_secs(ttl.as_secs());
        let short = |write: Write<'a>| Write { ttl: whole(write.ttl), ..write };
        match (self.mistake, call) {
            (Mistake::CapByOne, Call::Create { key, write, cap }) => {
                let cap = cap.map(|cap| Cap { max: cap.max.saturating_add(1), ..cap });
                Call::Create { key, write, cap }
            }
            (Mistake::DeleteIsBlind, Call::Delete { key, tombstone, .. }) => {
                Call::Delete { key, expected: None, tombstone }
            }
            (Mistake::WholeSeconds, Call::Create { key, write, cap }) => {
                Call::Create { key, write: short(write), cap }
            }
            (Mistake::WholeSeconds, Call::Commit { key, expected, replaced, write }) => {
                Call::Commit { key, expected, replaced, write: short(write) }
            }
            (Mistake::WholeSeconds, Call::Touch { key, expected, ttl }) => {
                Call::Touch { key, expected, ttl: whole(ttl) }
            }
            (Mistake::WholeSeconds, Call::Rotate { from, expected, to, write, tombstone }) => {
                Call::Rotate { from, expected, to, write: short(write), tombstone: tombstone.map(short) }
            }
            (_, call) => call,
        }
    }
}

impl Adapter for Wrong {
    async fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        BlockingStore::perform(&self.store, self.bent(call))
    }
}

impl BlockingAdapter for Wrong {
    fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        BlockingStore::perform(&self.store, self.bent(call))
    }
}

impl Fixture for Mistake {
    fn name(&self) -> &str {
        "wrong"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        let store = Wrong { store: ModelStore::new(), mistake: *self };
        let clock = store.store.clock();
        Ok(Opened::both(store.clone(), store).with_clock(move |time| clock.set(time)))
    }

    fn claims(&self) -> Claims {
        Claims::everything().without(Means::Proxy, "it has no server")
    }
}
