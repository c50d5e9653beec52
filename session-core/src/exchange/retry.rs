use crate::{
    observe::log,
    store::{Applied, StoreError},
};

/// The most repetitions of one call.
const MAX_REPEATS: u32 = 2;

/// The one rule of repeating: a call of unknown outcome is sent again as it was. The store recognises the repetition.
#[derive(Debug, Clone)]
pub(super) struct Retry {
    left: u32,
    lost: bool,
}

impl Retry {
    pub(super) const fn new() -> Self {
        Self { left: MAX_REPEATS, lost: false }
    }

    /// Whether an earlier try of the call that is out may have been applied.
    pub(super) const fn is_lost(&self) -> bool {
        self.lost
    }

    /// The next call differs from the last one, so no earlier try of it can have been applied.
    pub(super) const fn next_call(&mut self) {
        *self = Self::new();
    }

    /// The store answered, so the next call may be repeated as often as this one.
    pub(super) const fn answered(&mut self) {
        self.left = MAX_REPEATS;
    }

    /// The call that is out is not worth waiting for a second time.
    pub(super) const fn forgo(&mut self) {
        self.left = 0;
    }

    /// The exchange is abandoned while a call is out. It may be taken up later, with all repetitions.
    pub(super) const fn abandon(&mut self) {
        *self = Self { left: MAX_REPEATS, lost: true };
    }

    /// Returns `Ok` if the call must be sent again. `writes` tells whether the call could change the store.
    pub(super) fn failed(&mut self, error: StoreError, writes: bool) -> Result<(), StoreError> {
        // If this try changed nothing, an earlier one whose answer was lost may still have been applied.
        let error = if self.lost { error.with_applied(Applied::Unknown) } else { error };
        log::store_failed(&error);
        if error.applied() == Applied::No || self.left == 0 {
            return Err(error);
        }
        self.left -= 1;
        self.lost |= writes;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreErrorKind;

    fn is_repeated(retry: &mut Retry) -> bool {
        retry.failed(StoreError::new(StoreErrorKind::Timeout, Applied::Unknown), true).is_ok()
    }

    #[test]
    fn each_call_has_repetitions_of_its_own() {
        // The same call after an answer, as of a record that moved, may still have been applied before.
        for is_lost in [false, true] {
            let mut retry = Retry::new();
            assert_eq!([(); 3].map(|()| is_repeated(&mut retry)), [true, true, false]);
            if is_lost {
                retry.answered();
            } else {
                retry.next_call();
            }
            assert_eq!(retry.is_lost(), is_lost);
            assert_eq!([(); 3].map(|()| is_repeated(&mut retry)), [true, true, false]);
        }
    }
}
