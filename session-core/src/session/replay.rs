use super::{Base, Delta, OpenSession, ValueError};
use crate::record::Live;

/// Replaying runs the closures of the application, which may read the session. So no lock is held meanwhile, and it is
/// repeated if the session was changed at the same time.
impl OpenSession {
    /// Drops the first `count` operations, which were saved, and replays the rest on the saved record. Operations that no
    /// longer apply are dropped; returns the first error.
    pub(crate) fn continue_on(&self, saved: Live, count: usize) -> Option<ValueError> {
        loop {
            let (mut rest, seen) = self.remaining(|delta| delta.without_first(count));
            let (mut replayed, mut refused) = (None, None);
            while replayed.is_none() && !rest.is_empty() {
                match rest.replayed_on(&saved, self.context().config()) {
                    Ok(live) => replayed = Some(live),
                    Err((index, error)) => {
                        rest = rest.without(index);
                        refused.get_or_insert(error);
                    }
                }
            }
            let mut state = self.state();
            if state.version == seen {
                (state.delta, state.live) = (rest, replayed.unwrap_or(saved));
                state.version += 1;
                return refused;
            }
        }
    }

    /// Drops an operation that lost against another request, and continues on the record of that request.
    pub(crate) fn give_up(&self, index: usize, fresh: &Live, base: &Base) {
        loop {
            let (rest, seen) = self.remaining(|delta| delta.without(index));
            let replayed = rest.replayed_on(fresh, self.context().config());
            let mut state = self.state();
            if state.version == seen {
                state.delta = rest;
                if let Ok(live) = replayed {
                    (state.live, state.base) = (live, Some(base.clone()));
                }
                state.version += 1;
                return;
            }
        }
    }

    /// What remains of the delta, and the version of the state that it belongs to.
    fn remaining(&self, take: impl FnOnce(&Delta) -> Delta) -> (Delta, u64) {
        let state = self.state();
        (take(&state.delta), state.version)
    }
}
