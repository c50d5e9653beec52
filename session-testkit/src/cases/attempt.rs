use std::fmt;

use session_core::{
    id::StoreKey,
    store::{
        Applied, CommitOutcome, CreateOutcome, DeleteOutcome, Revision, RotateOutcome, Store as _,
        StoreError, TouchOutcome,
    },
};

use crate::{
    subject::{Draft, Subject},
    violation::Checked,
};

/// An operation that writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WriteKind {
    Create,
    Commit,
    Touch,
    Rotate,
    Delete,
    Revoke,
}

/// A write that may get no answer, and the check afterwards whether it was made.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    kind: WriteKind,
    pub(super) key: StoreKey,
    base: Revision,
    to: StoreKey,
    draft: Draft,
}

/// The result of a write.
pub(super) type Answered = Result<(), Failure>;

/// Why a write did not succeed.
#[derive(Debug)]
pub(super) enum Failure {
    Store(StoreError),
    /// The store gave another answer than the only right one: no other request writes.
    Wrong(String),
}

impl WriteKind {
    pub(super) const ALL: [Self; 6] =
        [Self::Create, Self::Commit, Self::Touch, Self::Rotate, Self::Delete, Self::Revoke];
}

impl Attempt {
    /// Prepares a write that succeeds if its request arrives.
    pub(super) async fn prepare(s: &Subject, kind: WriteKind) -> Checked<Self> {
        let (key, base) = (s.key_in(s.owned_family()), s.draft());
        if kind != WriteKind::Create {
            s.hold(&key, &base).await?;
        }
        let draft = s.draft().living(Subject::LONG * 3);
        Ok(Self { kind, key, base: base.next, to: s.key_in(key.family), draft })
    }

    pub(super) async fn make(&self, s: &Subject) -> Answered {
        let (key, base, write) = (&self.key, self.base, self.draft.write());
        match self.kind {
            WriteKind::Create => {
                let answer = s.store.create(key, write, None).await?;
                right(&answer, matches!(answer, CreateOutcome::Created { .. }))
            }
            WriteKind::Commit => {
                let answer = s.store.commit(key, base, write).await?;
                right(&answer, answer == CommitOutcome::Written)
            }
            WriteKind::Touch => {
                let answer = s.store.touch(key, base, self.draft.ttl).await?;
                right(&answer, answer == TouchOutcome::Touched)
            }
            WriteKind::Rotate => {
                let answer = s.store.rotate(key, base, &self.to, write, None).await?;
                right(&answer, answer == RotateOutcome::Written)
            }
            // Without a tombstone, a second try cannot recognise the first one.
            WriteKind::Delete => {
                let answer = s.store.delete(key, Some(base), None).await?;
                right(&answer, matches!(answer, DeleteOutcome::Deleted | DeleteOutcome::Gone))
            }
            WriteKind::Revoke => s.store.revoke(&key.family, None).await.map(drop).map_err(Failure::Store),
        }
    }

    /// Whether the store holds the result of the write.
    pub(super) async fn was_made(&self, s: &Subject) -> Checked<bool> {
        let at = if self.kind == WriteKind::Rotate { &self.to } else { &self.key };
        let stored = s.load(at).await?;
        Ok(match self.kind {
            WriteKind::Create | WriteKind::Commit | WriteKind::Rotate => {
                stored.is_some_and(|stored| stored.revision == self.draft.next)
            }
            WriteKind::Touch => stored.is_some_and(|stored| stored.remaining > Subject::LONG * 2),
            WriteKind::Delete | WriteKind::Revoke => stored.is_none(),
        })
    }

    /// Checks that the answer agrees with what became of the write.
    pub(super) async fn is_truthful(&self, s: &Subject, answer: &Answered, when: &str) -> Checked {
        let made = self.was_made(s).await?;
        let told = match answer {
            Ok(()) => made,
            Err(Failure::Store(error)) => error.applied() == Applied::Unknown || !made,
            Err(Failure::Wrong(_)) => false,
        };
        s.check(told, || {
            let became = if made { "was made" } else { "was not made" };
            let answered =
                answer.as_ref().map_or_else(ToString::to_string, |()| "as if it had been made".to_owned());
            format!("{when}, `{self}` answered {answered}, and it {became}")
        })
    }
}

fn right(answer: &impl fmt::Debug, is_right: bool) -> Answered {
    if is_right { Ok(()) } else { Err(Failure::Wrong(format!("{answer:?}"))) }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => write!(f, "\"{error}\""),
            Self::Wrong(answer) => f.write_str(answer),
        }
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            WriteKind::Create => "create",
            WriteKind::Commit => "commit",
            WriteKind::Touch => "touch",
            WriteKind::Rotate => "rotate",
            WriteKind::Delete => "delete",
            WriteKind::Revoke => "revoke",
        })
    }
}
