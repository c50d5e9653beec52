use http::{HeaderMap, HeaderValue, header::SET_COOKIE};
use session_core::{
    OpenSession, Timestamp,
    config::CookieSettings,
    exchange::{set_cookie, visitor_cookie},
};

/// Appends the `Set-Cookie` headers that the session needs, and returns whether it needs one.
pub(crate) fn append(
    session: &OpenSession,
    settings: &CookieSettings,
    now: Timestamp,
    headers: &mut HeaderMap,
) -> bool {
    let mut appended = false;
    for mut text in
        [set_cookie(session, now).header(settings), visitor_cookie(session, settings)].into_iter().flatten()
    {
        // The text moves into the value, so that no copy has to be wiped.
        if let Ok(mut value) = HeaderValue::try_from(std::mem::take(&mut *text)) {
            // Keeps the id out of logs that print headers, and out of HPACK's tables.
            value.set_sensitive(true);
            headers.append(SET_COOKIE, value);
            appended = true;
        }
    }
    appended
}
