use std::sync::Arc;

use super::Op;
use crate::{SessionError, config::SessionConfig, record::Live};

/// The operations of a request, in order. It is cheap to clone: a commit takes a copy to replay after a conflict.
#[derive(Debug, Clone, Default)]
pub(crate) struct Delta {
    /// `None` without operations, as in most requests.
    ops: Option<Arc<Vec<Op>>>,
}

/// How many of the last operations are compared with a new one.
const MOST_COMPARED: usize = 16;

impl Delta {
    pub(crate) fn push(&mut self, op: Op) {
        Arc::make_mut(self.ops.get_or_insert_default()).push(op);
    }

    /// Like [`push`](Self::push), but drops an operation that the new one makes void, so that a socket that sets a few keys
    /// again and again keeps few operations. No save may be under way, because it counts the operations.
    pub(crate) fn push_instead(&mut self, op: Op) {
        let ops = Arc::make_mut(self.ops.get_or_insert_default());
        if let Some(key) = op.overwrites() {
            let recent = ops.iter().enumerate().rev().take(MOST_COMPARED);
            let mut recent = recent.map_while(|(at, old)| Some((at, old.overwrites()?)));
            if let Some((void, _)) = recent.find(|(_, old)| *old == key) {
                ops.remove(void);
            }
        }
        ops.push(op);
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

    /// Whether an owner signed in or was elevated.
    pub(crate) fn signs_in(&self) -> bool {
        self.ops().iter().any(|op| matches!(op, Op::Login { .. } | Op::Elevate { .. }))
    }

    /// Whether an owner signed in.
    pub(crate) fn logs_in(&self) -> bool {
        self.ops().iter().any(|op| matches!(op, Op::Login { .. }))
    }

    /// Whether it only updates this key.
    pub(crate) fn is_only_of(&self, key: &str) -> bool {
        self.ops().iter().all(|op| matches!(op, Op::Update { key: of, .. } if **of == *key.as_bytes()))
    }

    /// The owner who signed out.
    pub(crate) fn signed_out(&self) -> Option<&str> {
        self.ops().iter().find_map(|op| match op {
            Op::Logout { owner, .. } => Some(&**owner),
            _ => None,
        })
    }

    /// Whether the browser is to be left without any session that it came with.
    pub(crate) fn forgets(&self) -> bool {
        self.destroys() || self.ops().iter().any(|op| matches!(op, Op::Logout { .. } | Op::Forget))
    }

    pub(crate) fn changes_lifetime(&self) -> bool {
        self.ops().iter().any(|op| matches!(op, Op::Idle { .. } | Op::Remember { .. }))
    }

    /// Whether the session is to be destroyed. `Destroy` is always the last operation.
    pub(crate) fn destroys(&self) -> bool {
        matches!(self.ops().last(), Some(Op::Destroy))
    }

    /// The operations after the first `count`, which were saved.
    pub(crate) fn without_first(&self, count: usize) -> Self {
        Self::of(self.ops().iter().skip(count).cloned())
    }

    /// The operations without the one at `index`.
    pub(crate) fn without(&self, index: usize) -> Self {
        Self::of(self.ops().iter().enumerate().filter(|(at, _)| *at != index).map(|(_, op)| op.clone()))
    }

    /// Makes this change on another record: `set` and `remove` win for their own keys, an `update` runs its closure again,
    /// and all other keys stay as they are in that record.
    ///
    /// # Errors
    /// The index of the first operation that cannot be applied, and the reason.
    pub(crate) fn replayed_on(
        &self,
        fresh: &Live,
        config: &SessionConfig,
    ) -> Result<Live, (usize, SessionError)> {
        let mut live = fresh.clone();
        for (index, op) in self.ops().iter().enumerate() {
            op.apply(&mut live, config).map_err(|error| (index, error))?;
        }
        Ok(live)
    }

    /// The operations on this key alone.
    pub(crate) fn only_on(&self, key: &str) -> Self {
        let is_on = |op: &&Op| matches!(op, Op::Update { key: on, .. } if **on == *key.as_bytes());
        Self::of(self.ops().iter().filter(is_on).cloned())
    }

    fn of(ops: impl Iterator<Item = Op>) -> Self {
        let ops: Vec<_> = ops.collect();
        Self { ops: (!ops.is_empty()).then(|| Arc::new(ops)) }
    }

    fn ops(&self) -> &[Op] {
        self.ops.as_deref().map_or(&[], Vec::as_slice)
    }
}
