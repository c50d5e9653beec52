use std::sync::Arc;

use super::Op;
use crate::{
    config::SessionConfig,
    record::{Live, ValueError},
};

/// The ordered operations a request made. Cheap to clone: a commit takes a copy to replay after a conflict.
#[derive(Debug, Clone, Default)]
pub(crate) struct Delta {
    /// None while there are no operations, as in most requests.
    ops: Option<Arc<Vec<Op>>>,
}

impl Delta {
    pub(crate) fn push(&mut self, op: Op) {
        Arc::make_mut(self.ops.get_or_insert_default()).push(op);
    }

    pub(crate) fn len(&self) -> usize {
        self.ops().len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.ops().is_empty()
    }

    pub(crate) fn changes_rights(&self) -> bool {
        self.ops().iter().any(Op::changes_rights)
    }

    /// Whether somebody proved who they are.
    pub(crate) fn signs_in(&self) -> bool {
        self.ops().iter().any(|op| matches!(op, Op::Login { .. } | Op::Elevate { .. }))
    }

    /// Who signed out.
    pub(crate) fn signed_out(&self) -> Option<&str> {
        self.ops().iter().find_map(|op| match op {
            Op::Logout { owner, .. } => Some(&**owner),
            _ => None,
        })
    }

    pub(crate) fn changes_lifetime(&self) -> bool {
        self.ops().iter().any(|op| matches!(op, Op::Idle { .. } | Op::Remember { .. }))
    }

    /// Nothing is done to a session after its end.
    pub(crate) fn destroys(&self) -> bool {
        matches!(self.ops().last(), Some(Op::Destroy))
    }

    /// What remains after the first `count` operations were saved.
    pub(crate) fn without_first(&self, count: usize) -> Self {
        Self::of(self.ops().iter().skip(count).cloned())
    }

    /// The same operations without the one at `index`.
    pub(crate) fn without(&self, index: usize) -> Self {
        Self::of(self.ops().iter().enumerate().filter(|(at, _)| *at != index).map(|(_, op)| op.clone()))
    }

    /// This change made on another record: `set` and `remove` win for their own keys, an `update` runs its closure
    /// again, keys that this request did not touch stay as they are there.
    ///
    /// # Errors
    /// The operation that cannot be applied there, by its index, and why.
    pub(crate) fn replayed_on(
        &self,
        fresh: &Live,
        config: &SessionConfig,
    ) -> Result<Live, (usize, ValueError)> {
        let mut live = fresh.clone();
        for (index, op) in self.ops().iter().enumerate() {
            op.apply(&mut live, config).map_err(|error| (index, error))?;
        }
        Ok(live)
    }

    fn of(ops: impl Iterator<Item = Op>) -> Self {
        let ops: Vec<_> = ops.collect();
        Self { ops: (!ops.is_empty()).then(|| Arc::new(ops)) }
    }

    fn ops(&self) -> &[Op] {
        self.ops.as_deref().map_or(&[], Vec::as_slice)
    }
}
