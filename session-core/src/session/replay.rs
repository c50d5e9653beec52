use std::sync::MutexGuard;

use super::{Base, OpenSession, State};
use crate::{SessionError, record::Live};

/// Replaying runs the closures of the application, which may read the session. So no lock is held meanwhile, and it is
/// repeated if the session was changed at the same time.
impl OpenSession {
    /// Drops the first `count` operations, which were saved, and replays the rest on the saved record.
    ///
    /// # Errors
    /// The first error of an operation that no longer applies. All those are dropped.
    pub(crate) fn continue_on<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        saved: Live,
        count: usize,
    ) -> Result<(), SessionError> {
        loop {
            if state.delta.len() == count {
                state.live = saved;
                state.mark_saved();
                return Ok(());
            }
            let (mut rest, seen) = (state.delta.without_first(count), state.version);
            drop(state);
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
            state = self.state();
            if state.version == seen {
                state.saved = Some(Box::new(saved.clone()));
                (state.delta, state.live) = (rest, replayed.unwrap_or(saved));
                state.was_saved = true;
                state.version += 1;
                return refused.map_or(Ok(()), Err);
            }
        }
    }

    /// Continues on the record that another request wrote.
    ///
    /// # Errors
    /// See [`continue_on`](Self::continue_on).
    pub(crate) fn rebase(&self, fresh: Live, base: Base) -> Result<(), SessionError> {
        let mut state = self.state();
        state.base = Some(base);
        self.continue_on(state, fresh, 0)
    }

    /// Drops an operation that lost against another request, and continues on the record of that request.
    pub(crate) fn give_up(&self, index: usize, fresh: &Live, base: &Base) {
        loop {
            let state = self.state();
            let (rest, seen) = (state.delta.without(index), state.version);
            drop(state);
            let replayed = rest.replayed_on(fresh, self.context().config());
            let mut state = self.state();
            if state.version == seen {
                state.delta = rest;
                if let Ok(live) = replayed {
                    (state.live, state.base) = (live, Some(base.clone()));
                    (state.saved, state.was_saved) = (Some(Box::new(fresh.clone())), true);
                }
                state.version += 1;
                return;
            }
        }
    }
}
