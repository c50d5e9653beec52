use super::families_of;
use crate::{
    SessionError, Timestamp,
    cookie::SetCookie,
    id::SessionHandle,
    record::Live,
    session::{Base, OpenSession},
};

/// Tells the session of a request that this request has itself [ended](super::end_all) all sessions of the owner, or the
/// [one](super::end) with this handle. If it was among them, it is signed out, as by [`logout`](OpenSession::logout): it holds
/// nothing, the browser removes its cookie, and what is set afterwards is kept in a new session. A sign-in that is not saved yet
/// stays.
///
/// A session whose head of the response is out learns of its end by [`refresh`](super::super::refresh).
///
/// # Errors
/// [`SessionError`] if a change that is not saved yet is not possible without what the session held.
pub fn ended_here(
    session: &OpenSession,
    owner: &str,
    handle: Option<SessionHandle>,
    now: Timestamp,
) -> Result<(), SessionError> {
    let context = session.context();
    let families = families_of(context, owner)?;
    let is_it = |base: &Base| {
        let has_handle = handle.is_none_or(|handle| handle == base.key.digest.handle());
        has_handle && families.contains(&base.key.family)
    };
    let state = session.state();
    let is_settled = !state.saving && state.unfinished.is_none() && !state.is_ended();
    if state.head_sent || !is_settled || !state.base.as_ref().is_some_and(is_it) {
        return Ok(());
    }
    let stays = state.delta.signs_in();
    drop(state);
    if !stays {
        session.logout()?;
    }
    let mut state = session.state();
    (state.base, state.told) = (None, SetCookie::Remove);
    session.continue_on(state, Live::new(context.config(), now), 0)
}
