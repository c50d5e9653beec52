//! Updates the session after a save, and tells the log and the observer.

use std::time::Duration;

use super::{
    change::Change,
    draft::Draft,
    row::{Next, Progress},
};
use crate::{
    Context, Timestamp,
    cookie::SetCookie,
    exchange::{Saved, SessionError, Settled},
    id::{CookieId, SessionHandle, StoreKey},
    observe::{EndedBy, Event, log},
    record::Live,
    session::{Base, Delta, OpenSession, Standing},
};

/// The record of the session that is now in the store.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) saved: Saved,
    /// The key that the session had before, if it moved.
    pub(super) from: Option<StoreKey>,
    pub(super) key: StoreKey,
    pub(super) id: Option<CookieId>,
    pub(super) draft: Draft,
    /// The sessions of the owner that were ended to make room.
    pub(super) evicted: Vec<SessionHandle>,
}

impl Written {
    /// The session keeps its id.
    pub(super) fn in_place(saved: Saved, base: Base, draft: Draft) -> Self {
        Self { saved, from: None, key: base.key, id: base.id, draft, evicted: Vec::new() }
    }

    /// The session got this id. `from` is the key that it had before.
    pub(super) fn under(
        id: CookieId,
        from: Option<StoreKey>,
        draft: Draft,
        evicted: Vec<SessionHandle>,
    ) -> Self {
        let saved = if from.is_some() { Saved::Rotated } else { Saved::Created };
        Self { saved, from, key: *id.key(), id: Some(id), draft, evicted }
    }
}

pub(super) fn nothing(session: &OpenSession, saved: Saved) -> Settled {
    let mut state = session.state();
    // A session that was never stored ends by this save, too.
    state.destroyed |= state.delta.destroys();
    Settled { saved, cookie: state.cookie(), evicted: Vec::new() }
}

pub(super) fn touched(session: &OpenSession, change: &Change, ttl: Duration) -> Progress {
    let mut state = session.state();
    if let Some(base) = &mut state.base {
        log::touched(&base.key);
        base.expires = change.now.after(ttl);
    }
    Ok(Next::Done(Settled { saved: Saved::Touched, cookie: state.cookie(), evicted: Vec::new() }))
}

pub(super) fn written(session: &OpenSession, change: &Change, written: Written) -> Progress {
    let config = session.context().config();
    let mut state = session.state();
    // Decoded only if it is not the working copy, such as after it was changed again or merged.
    let other = if written.draft.is_of(&state) { None } else { Some(written.draft.live()?) };
    let live = other.as_ref().unwrap_or(&state.live);
    tell_written(session.context(), change, &written, live.owner.as_deref());
    let max_age = live.max_age(config, change.now);
    let Written { saved, key, id, draft, evicted, .. } = written;
    let is_new_id = matches!(saved, Saved::Created | Saved::Rotated);
    if let Some(id) = id.clone().filter(|_| is_new_id || change.delta.changes_lifetime()) {
        state.told = SetCookie::Set { id, max_age };
    }
    state.base = Some(Base { key, id, revision: draft.revision, expires: change.now.after(draft.ttl) });
    let cookie = state.cookie();
    match other {
        None => {
            draft.note_in(&mut state.live);
            state.mark_saved();
        }
        Some(live) => session.continue_on(state, live, change.delta.len())?,
    }
    Ok(Next::Done(Settled { saved, cookie, evicted }))
}

/// With `already`, the session had ended before: the browser may have the cookie of a newer session. `refused` is the error
/// that the caller must get although the session has ended.
pub(super) fn ended(
    session: &OpenSession,
    change: &Change,
    key: &StoreKey,
    already: bool,
    refused: Option<SessionError>,
) -> Progress {
    let config = session.context().config();
    let mut state = session.state();
    log::destroyed(key);
    if !already {
        session.context().observe(|observer| {
            let owner = state.saved.as_ref().and_then(|live| live.owner.clone());
            if let Some(event) = end_of(key.digest.handle(), owner, change) {
                observer.tell(event);
            }
        });
        state.told = SetCookie::Remove;
    }
    state.destroyed = change.delta.destroys();
    state.base = None;
    let cookie = state.cookie();
    let dropped = session.continue_on(state, Live::new(config, change.now), change.delta.len());
    refused.map_or(dropped, Err)?;
    Ok(Next::Done(Settled { saved: Saved::Ended, cookie, evicted: Vec::new() }))
}

/// The sessions of all cookies of the request have ended, of which none was this one.
pub(super) fn forgotten(session: &OpenSession, change: &Change) -> Progress {
    let mut state = session.state();
    state.told = SetCookie::Remove;
    state.arrived.others.clear();
    state.destroyed = change.delta.destroys();
    let cookie = state.cookie();
    let blank = Live::new(session.context().config(), change.now);
    session.continue_on(state, blank, change.delta.len())?;
    Ok(Next::Done(Settled { saved: Saved::Ended, cookie, evicted: Vec::new() }))
}

/// The session was found to have ended. It holds nothing any more, and cannot be changed.
pub(in crate::exchange) fn found_ended(session: &OpenSession, now: Timestamp) {
    cut_off(session, now);
    let mut state = session.state();
    // Whatever it would still find out, the session holds nothing of it.
    state.unfinished = None;
    state.destroyed = true;
}

/// The request has no session any more, and works on nothing unless it signs in.
pub(super) fn cut_off(session: &OpenSession, now: Timestamp) {
    let config = session.context().config();
    let mut state = session.state();
    (state.live, state.base, state.delta) = (Live::new(config, now), None, Delta::default());
    state.arrived.standing = Standing::Late;
    state.version += 1;
}

fn tell_written(context: &Context, change: &Change, written: &Written, owner: Option<&str>) {
    match (written.saved, &written.from) {
        (Saved::Committed { merged }, _) => return log::saved(&written.key, merged),
        (Saved::Touched, _) => return log::touched(&written.key),
        (_, Some(from)) => log::rotated(from, &written.key),
        (_, None) => log::created(&written.key),
    }
    context.observe(|observer| {
        for session in &written.evicted {
            let owner = owner.map(str::to_owned);
            observer.tell(Event::Ended { session: *session, by: EndedBy::Cap, owner });
        }
        observer.tell(beginning_of(written, change, owner));
    });
}

fn beginning_of(written: &Written, change: &Change, owner: Option<&str>) -> Event {
    let session = written.key.digest.handle();
    let from = written.from.map(|from| from.digest.handle());
    match (owner, change.delta.signed_out(), from) {
        (Some(owner), ..) if change.delta.signs_in() => Event::LoggedIn { session, owner: owner.to_owned() },
        (_, Some(owner), Some(from)) => Event::LoggedOut { session: from, owner: owner.to_owned() },
        (_, _, Some(from)) => Event::Rotated { session, from },
        (_, _, None) => Event::Created { session },
    }
}

fn end_of(session: SessionHandle, owner: Option<String>, change: &Change) -> Option<Event> {
    if change.delta.destroys() {
        return Some(Event::Ended { session, by: EndedBy::Itself, owner });
    }
    let owner = change.delta.signed_out()?.to_owned();
    Some(Event::LoggedOut { session, owner })
}
