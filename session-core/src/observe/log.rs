//! One `tracing` event per step of a session's life, under the target `alo_session`. A session appears as its handle,
//! never as its id.

use crate::{
    Context, SessionError,
    id::{Family, SessionHandle, StoreKey},
    observe::{EndedBy, Event, Rejection},
    record::RecordError,
    store::{Applied, StoreError},
};

const TARGET: &str = "alo_session";

pub(crate) fn loaded(key: &StoreKey) {
    tracing::trace!(target: TARGET, session = %key.digest.handle(), "session loaded");
}

pub(crate) fn created(key: &StoreKey) {
    tracing::debug!(target: TARGET, session = %key.digest.handle(), owned = key.is_owned(), "session created");
}

pub(crate) fn saved(key: &StoreKey, merged: u32) {
    if merged == 0 {
        tracing::trace!(target: TARGET, session = %key.digest.handle(), "session saved");
    } else {
        tracing::debug!(target: TARGET, session = %key.digest.handle(), merged, "session saved, merged after a conflict");
    }
}

pub(crate) fn touched(key: &StoreKey) {
    tracing::trace!(target: TARGET, session = %key.digest.handle(), "session deadline extended");
}

pub(crate) fn rotated(from: &StoreKey, to: &StoreKey) {
    let (session, old) = (to.digest.handle(), from.digest.handle());
    tracing::debug!(target: TARGET, %session, %old, owned = to.is_owned(), "session rotated");
}

pub(crate) fn ended(context: &Context, key: &StoreKey, by: EndedBy, owner: Option<&str>) {
    destroyed(key);
    let (session, owner) = (key.digest.handle(), owner.map(str::to_owned));
    context.observe(|observer| observer.tell(Event::Ended { session, by, owner }));
}

pub(crate) fn destroyed(key: &StoreKey) {
    tracing::debug!(target: TARGET, session = %key.digest.handle(), "session destroyed");
}

pub(crate) fn revoked(context: &Context, family: &Family, count: u64, by: EndedBy, owner: Option<String>) {
    context.observe(|observer| observer.tell(Event::EndedMany { count, by, owner }));
    tracing::info!(target: TARGET, ?family, count, "sessions of an owner ended");
}

pub(crate) fn swept(context: &Context, records: u64) {
    if records > 0 {
        context.observe(|observer| observer.tell(Event::Swept { records }));
        tracing::debug!(target: TARGET, records, "expired records removed");
    }
}

/// An id that opened no session. An id that the store does not know mostly belongs to an expired session, which is only worth
/// a debug message.
pub(crate) fn rejected(context: &Context, key: &StoreKey, reason: Rejection, owner: Option<&str>) {
    let session = key.digest.handle();
    context.observe(|observer| {
        observer.tell(Event::Rejected { session, reason, owner: owner.map(str::to_owned) });
    });
    match reason {
        Rejection::Unknown => {
            tracing::debug!(target: TARGET, %session, reason = reason.as_str(), "session rejected");
        }
        _ => tracing::info!(target: TARGET, %session, reason = reason.as_str(), "session rejected"),
    }
}

pub(crate) fn reused(context: &Context, key: &StoreKey, owner: Option<&str>) {
    let session = key.digest.handle();
    context.observe(|observer| observer.tell(Event::Reused { session, owner: owner.map(str::to_owned) }));
    tracing::warn!(
        target: TARGET,
        session = %key.digest.handle(),
        "session rejected: its old id was used after the grace of its rotation, as a thief would"
    );
}

/// A save failed for a reason that an application may want to know of.
pub(crate) fn refused(
    context: &Context,
    error: &SessionError,
    session: Option<SessionHandle>,
    owner: Option<&str>,
) {
    let event = match error {
        SessionError::Full => Event::Full { owner: owner.unwrap_or_default().to_owned() },
        SessionError::Conflict { .. } => Event::Conflict { session, owner: owner.map(str::to_owned) },
        _ => return,
    };
    context.observe(|observer| observer.tell(event));
    tracing::info!(target: TARGET, session = session.map(tracing::field::display), %error, "session not saved");
}

pub(crate) fn gone(key: &StoreKey) {
    tracing::info!(target: TARGET, session = %key.digest.handle(), "session ended while the request ran");
}

pub(crate) fn token_after_head() {
    tracing::warn!(
        target: TARGET,
        "a form got its token after the head of the response: the browser gets no cookie for it, so the form will be refused; \
         make the token before the response"
    );
}

pub(crate) fn withheld() {
    tracing::info!(target: TARGET, "session not saved: it was opened outside HTTP and save_outside_http is off");
}

pub(crate) fn unreadable(key: &StoreKey, error: &RecordError) {
    tracing::error!(target: TARGET, session = %key.digest.handle(), %error, "session cannot be read");
}

pub(crate) fn store_failed(error: &StoreError) {
    let applied = error.applied() == Applied::Unknown;
    tracing::error!(
        target: TARGET,
        kind = error.kind().label(),
        maybe_applied = applied,
        source = std::error::Error::source(error).map(tracing::field::display),
        "session store failed"
    );
}
