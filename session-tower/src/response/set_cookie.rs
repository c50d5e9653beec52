use http::{HeaderMap, HeaderValue, header::SET_COOKIE};
use session_core::{
    OpenSession, Timestamp,
    config::CookieSettings,
    cookie::SetCookie,
    exchange::{set_cookie, visitor_cookie},
};
use zeroize::Zeroizing;

/// Appends the `Set-Cookie` headers that the session needs, and returns whether it needs one.
pub(crate) fn append(
    session: &OpenSession,
    settings: &CookieSettings,
    now: Timestamp,
    headers: &mut HeaderMap,
) -> bool {
    let texts = [set_cookie(session, now).header(settings), visitor_cookie(session, settings)];
    let mut appended = false;
    for text in texts.into_iter().flatten() {
        appended |= add(text, headers);
    }
    appended
}

/// Appends the `Set-Cookie` header that removes the cookie.
pub(crate) fn remove(settings: &CookieSettings, headers: &mut HeaderMap) {
    if let Some(text) = SetCookie::Remove.header(settings) {
        add(text, headers);
    }
}

fn add(mut text: Zeroizing<String>, headers: &mut HeaderMap) -> bool {
    // The text moves into the value, so that no copy has to be wiped.
    let Ok(mut value) = HeaderValue::try_from(std::mem::take(&mut *text)) else { return false };
    // Keeps the id out of logs that print headers, and out of HPACK's tables.
    value.set_sensitive(true);
    headers.append(SET_COOKIE, value);
    true
}
