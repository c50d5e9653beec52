use std::time::Duration;

use super::{draft::Version, source::Source};
use crate::{
    Context, Timestamp,
    exchange::{SessionError, retry::Retry},
    fingerprint::Fingerprint,
    observe::EndedBy,
    record::{Live, TokenDigests},
    session::{Delta, OpenSession, State, tokens_of},
};

/// The change of a request, ready to be replayed on the record of another request.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) now: Timestamp,
    pub(super) delta: Delta,
    pub(super) fingerprint: Option<Fingerprint>,
    pub(super) retry: Retry,
    /// What the tokens were before a sign-in.
    pub(super) tokens: TokenDigests,
    /// The request does not count as a use.
    pub(super) passive: bool,
    /// The longest time to live of what is written: a request that does not count leaves the deadline as it is.
    pub(super) at_most: Duration,
    /// The number of changes of other requests with which it was merged.
    pub(super) merged: u32,
    conflicts_left: u32,
}

impl Change {
    pub(super) fn new(state: &State, context: &Context, now: Timestamp) -> Self {
        Self {
            now,
            delta: state.delta.clone(),
            fingerprint: state.fingerprint,
            retry: Retry::new(),
            tokens: match state.delta.signs_in() {
                true => tokens_of(&state.original(context.config()), context.config()),
                false => TokenDigests::default(),
            },
            passive: state.passive,
            at_most: state
                .base
                .as_ref()
                .filter(|_| state.passive && !state.delta.changes_rights())
                .map_or(Duration::MAX, |base| base.expires.since(now)),
            merged: 0,
            conflicts_left: context.config().conflict_retries,
        }
    }

    /// What ends the session, if this change does.
    pub(super) fn ends_by(&self) -> EndedBy {
        if self.delta.destroys() { EndedBy::Itself } else { EndedBy::SignOut }
    }

    pub(super) fn count_conflict(&mut self, context: &Context) -> Result<(), SessionError> {
        let attempts = context.config().conflict_retries;
        self.conflicts_left =
            self.conflicts_left.checked_sub(1).ok_or(SessionError::Conflict { attempts })?;
        Ok(())
    }

    /// The record that another request wrote becomes the base of the save.
    pub(super) const fn rebase(&mut self, source: &mut Source, newer: &Version) {
        source.base.revision = newer.revision;
        self.merged += 1;
        self.retry.next_call();
    }

    /// Makes the change on the record that another request wrote.
    pub(super) fn replay(
        &mut self,
        session: &OpenSession,
        source: &mut Source,
        newer: &Version,
    ) -> Result<Live, SessionError> {
        self.count_conflict(session.context())?;
        self.rebase(source, newer);
        match self.delta.replayed_on(&newer.live, session.context().config()) {
            Ok(mut live) => {
                live.lineage = newer.live.lineage.extended(newer.revision);
                Ok(live)
            }
            Err((index, error)) => {
                if error.drops_one_change() {
                    session.give_up(index, &newer.live, &source.base);
                }
                Err(error)
            }
        }
    }

    /// Whether the request claims a token that another request has used up, as `found` shows. A session is ended in any case,
    /// but such a claim must not seem to have succeeded.
    pub(super) fn claims_spent_token(&self, found: &Live, context: &Context) -> bool {
        // Another operation that fails says nothing about the tokens.
        let tokens = self.delta.only_on(&context.config().token_key);
        matches!(tokens.replayed_on(found, context.config()), Err((_, SessionError::TokenSpent)))
    }
}
