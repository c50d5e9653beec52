use std::{error::Error as _, num::NonZeroU32, time::Duration};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Listed, Page, Revision, RotateOutcome, Store as _,
        StoreError, StoreErrorKind, Stored, TouchOutcome,
    },
};

use super::{Draft, Subject};
use crate::{
    rules,
    violation::{Checked, Flaw},
};

/// The operations of the store. A failure breaks the current rule, because the store has no reason to fail here.
impl Subject {
    pub(crate) async fn load(&self, key: &StoreKey) -> Checked<Option<Stored>> {
        self.answered("load", self.store.load(key).await)
    }

    pub(crate) async fn create(
        &self,
        key: &StoreKey,
        draft: &Draft,
        cap: Option<Cap>,
    ) -> Checked<CreateOutcome> {
        self.shared.known.note(draft);
        self.answered("create", self.store.create(key, draft.write(), cap).await)
    }

    /// Every other commit is told which bytes it replaces, so that each case meets both kinds. A repetition is told as the first.
    pub(crate) async fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        draft: &Draft,
    ) -> Checked<CommitOutcome> {
        self.shared.known.note(draft);
        let is_told = draft.next.as_bytes()[0].is_multiple_of(2);
        match self.shared.known.under(expected).filter(|_| is_told) {
            Some(replaced) => self.replace(key, expected, &replaced, draft).await,
            None => self.answered("commit", self.store.commit(key, expected, draft.write()).await),
        }
    }

    pub(crate) async fn replace(
        &self,
        key: &StoreKey,
        expected: Revision,
        replaced: &[u8],
        draft: &Draft,
    ) -> Checked<CommitOutcome> {
        let answer = self.store.commit_replacing(key, expected, replaced, draft.write()).await;
        self.answered("commit_replacing", answer)
    }

    pub(crate) async fn touch(
        &self,
        key: &StoreKey,
        expected: Revision,
        ttl: Duration,
    ) -> Checked<TouchOutcome> {
        self.answered("touch", self.store.touch(key, expected, ttl).await)
    }

    pub(crate) async fn rotate(
        &self,
        (from, expected): (&StoreKey, Revision),
        to: &StoreKey,
        draft: &Draft,
        tombstone: Option<&Draft>,
    ) -> Checked<RotateOutcome> {
        self.shared.known.note(draft);
        let tombstone = tombstone.map(Draft::write);
        let answer = self.store.rotate(from, expected, to, draft.write(), tombstone).await;
        self.answered("rotate", answer)
    }

    pub(crate) async fn delete(&self, key: &StoreKey, expected: Option<Revision>) -> Checked<DeleteOutcome> {
        self.bury(key, expected, None).await
    }

    /// Deletes, and leaves the tombstone if one is given.
    pub(crate) async fn bury(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<&Draft>,
    ) -> Checked<DeleteOutcome> {
        self.answered("delete", self.store.delete(key, expected, tombstone.map(Draft::write)).await)
    }

    /// The whole list, a page at a time.
    pub(crate) async fn list(&self, family: &Family) -> Checked<Vec<(Digest, Stored)>> {
        self.list_by(family, Self::PAGE).await
    }

    pub(crate) async fn list_by(&self, family: &Family, limit: NonZeroU32) -> Checked<Vec<(Digest, Stored)>> {
        let (mut all, mut page) = (Vec::new(), Page::first(limit));
        loop {
            let Listed { sessions, next } = self.list_page(family, page).await?;
            all.extend(sessions);
            let Some(next) = next else {
                return Ok(all);
            };
            self.under(&rules::FAMILY_6).check(page.after.is_none_or(|after| next < after), || {
                format!(
                    "after the page behind {:?} comes the one behind {next:?}: the list never ends",
                    page.after
                )
            })?;
            page.after = Some(next);
        }
    }

    pub(crate) async fn list_page(&self, family: &Family, page: Page) -> Checked<Listed> {
        let listed = self.answered("list", self.store.list(family, page).await)?;
        let (limit, seen) = (page.limit, listed.sessions.len());
        self.under(&rules::FAMILY_6).check(u64::from(limit.get()) >= seen as u64, || {
            format!("a page of at most {limit} has {seen}")
        })?;
        Ok(listed)
    }

    pub(crate) async fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Checked<u64> {
        self.answered("revoke", self.store.revoke(family, keep).await)
    }

    pub(crate) async fn sweep(&self, limit: u32) -> Checked<u64> {
        self.answered("sweep", self.store.sweep(limit).await)
    }

    fn answered<T>(&self, operation: &str, answer: Result<T, StoreError>) -> Checked<T> {
        answer.map_err(|error| {
            // Behind a proxy the store has the limits of its users, which a busy machine can exceed without any fault.
            let late = [StoreErrorKind::Timeout, StoreErrorKind::Unavailable, StoreErrorKind::Overloaded];
            if self.shared.network.is_some() && late.contains(&error.kind()) {
                return Flaw::Late(format!("`{operation}` failed though nothing disturbed it: {error}"));
            }
            let cause = error.source().map(|source| format!(" ({source})")).unwrap_or_default();
            // Any rule may be the one that is checked when a store is merely busy.
            self.violation(format!(
                "the store failed: `{operation}` had to answer, also beside other callers, and returned {:?}: {error}{cause}",
                error.kind()
            ))
        })
    }
}
