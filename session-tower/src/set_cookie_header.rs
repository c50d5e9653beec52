use http::{HeaderMap, HeaderValue, header::SET_COOKIE};
use session_core::{OpenSession, config::CookieSettings, exchange::set_cookie};

/// Appends the `Set-Cookie` header that the session needs, and returns whether it needs one.
pub(crate) fn append(session: &OpenSession, settings: &CookieSettings, headers: &mut HeaderMap) -> bool {
    // The text moves into the value, so that no copy has to be wiped.
    if let Some(mut text) = set_cookie(session).header(settings)
        && let Ok(mut value) = HeaderValue::try_from(std::mem::take(&mut *text))
    {
        // Keeps the id out of logs that print headers, and out of HPACK's tables.
        value.set_sensitive(true);
        headers.append(SET_COOKIE, value);
        return true;
    }
    false
}
