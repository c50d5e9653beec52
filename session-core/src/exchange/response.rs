use zeroize::Zeroizing;

use crate::{config::CookieSettings, cookie::SetCookie, session::OpenSession};

/// The cookie that the response must send after all saves of the session so far.
#[must_use]
pub fn set_cookie(session: &OpenSession) -> SetCookie {
    session.state().cookie.clone()
}

/// The value of the second `Set-Cookie` header that the response must send, if any: the one that goes with a
/// [form token](crate::session::Tokens::form_text) of a session that is not stored. It is wiped when dropped.
#[must_use]
pub fn visitor_cookie(session: &OpenSession, cookie: &CookieSettings) -> Option<Zeroizing<String>> {
    session.state().visitor.header(cookie)
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
