use zeroize::Zeroizing;

use crate::{
    config::CookieSettings,
    cookie::{LONGEST, SetCookie},
    session::OpenSession,
};

/// The cookie that the response must send after all saves of the session so far.
///
/// A session that lives longer than browsers keep a cookie gets its cookie again with every response. A request that carries its
/// id in a header gets no cookie.
#[must_use]
pub fn set_cookie(session: &OpenSession) -> SetCookie {
    let (config, state) = (session.context().config(), session.state());
    if state.by_header || !matches!(state.told, SetCookie::Keep) {
        return state.cookie();
    }
    let outlives_cookies =
        state.live.is_persistent(config) && state.live.deadline.since(state.live.renewed) > LONGEST;
    let id = state.base.as_ref().filter(|_| outlives_cookies).and_then(|base| base.id.clone());
    let Some(id) = id else { return SetCookie::Keep };
    let max_age = state.live.max_age(config, session.context().time().unwrap_or(state.now));
    SetCookie::Set { id, max_age }
}

/// The value of the header [`id_header`](crate::config::Settings::id_header) that the response must have, if the request
/// [carries its id there](crate::Visit::id_header) and the id changes: the new id, or the empty value when the session has ended.
/// It is wiped when dropped.
///
/// A client keeps the value of the last response that had the header and sends it with each request. It begins with the empty one.
#[must_use]
pub fn id_header(session: &OpenSession) -> Option<Zeroizing<String>> {
    let state = session.state();
    match &state.told {
        _ if !state.by_header => None,
        SetCookie::Keep => None,
        SetCookie::Set { id, .. } => Some(id.expose()),
        SetCookie::Remove => Some(Zeroizing::default()),
    }
}

/// The value of the second `Set-Cookie` header that the response must send, if any: the one that goes with a
/// [form token](crate::session::Tokens::form_text) of a session that is not stored. It is wiped when dropped.
///
/// A browser that has such a cookie gets a new one when its session ends, so that no form from before works again. It also
/// makes Chrome drop the pages that it keeps for the back button, which a response that only removes cookies does not.
#[must_use]
pub fn visitor_cookie(session: &OpenSession, cookie: &CookieSettings) -> Option<Zeroizing<String>> {
    let mut state = session.state();
    if state.by_header {
        return None;
    }
    if matches!(state.told, SetCookie::Remove) {
        state.visitor.renew(session.context().entropy());
    }
    state.visitor.header(cookie)
}

/// Tells the session that the head of the response has been sent. From now on no save replaces the id because of its
/// age, since the browser could not learn the new one.
pub fn head_sent(session: &OpenSession) {
    session.state().head_sent = true;
}

/// Returns whether [`head_sent`] was called.
#[must_use]
pub fn is_head_sent(session: &OpenSession) -> bool {
    session.state().head_sent
}

/// Drops the change of the session if its last save has failed and nothing was changed since. The caller of that save was
/// told, and the driver must not answer a second time. Returns whether there was such a change. A driver calls this before
/// its last save of a request.
pub fn drop_refused(session: &OpenSession) -> bool {
    let mut state = session.state();
    let refused = state.refused == Some(state.version);
    if refused {
        state.unfinished = None;
    }
    drop(state);
    if refused {
        session.discard();
    }
    refused
}
