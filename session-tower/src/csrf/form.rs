//! Reads the token of a form and leaves the form to the handler.

use std::{future::poll_fn, pin::pin};

use bytes::{Buf as _, Bytes};
use http::{HeaderMap, header::CONTENT_TYPE};
use http_body::Body;

use super::{CsrfError, CsrfToken};

/// Whether the body is a form as `<form method="post">` sends it by default.
pub(super) fn is_form(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.and_then(|value| value.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}

/// Reads the whole body, unless it is larger than `limit`.
pub(super) async fn buffer<B: Body>(body: B, limit: usize) -> Result<Bytes, CsrfError> {
    let fits = |size: u64| usize::try_from(size).is_ok_and(|size| size <= limit);
    if !fits(body.size_hint().lower()) {
        return Err(CsrfError::FormTooLarge);
    }
    let mut body = pin!(body);
    let mut form = Vec::new();
    while let Some(frame) = poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
        let Ok(mut data) = frame.map_err(|_| CsrfError::Unreadable)?.into_data() else {
            continue;
        };
        if data.remaining() > limit - form.len() {
            return Err(CsrfError::FormTooLarge);
        }
        while data.has_remaining() {
            let chunk = data.chunk();
            form.extend_from_slice(chunk);
            let read = chunk.len();
            data.advance(read);
        }
    }
    Ok(form.into())
}

/// Returns the text of the first field with the name of the token.
pub(super) fn token(form: &[u8]) -> Option<String> {
    form_urlencoded::parse(form).find(|(name, _)| name == CsrfToken::FIELD).map(|(_, text)| text.into_owned())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn only_urlencoded_forms_are_read() {
        let is_form =
            |value| is_form(&HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(value))]));
        assert!(is_form("application/x-www-form-urlencoded"));
        assert!(is_form("Application/X-WWW-Form-Urlencoded; charset=UTF-8"));
        assert!(!is_form("multipart/form-data; boundary=x"));
        assert!(!is_form("application/json"));
        assert!(!is_form("text/plain; application/x-www-form-urlencoded"));
    }

    #[test]
    fn the_field_is_found_wherever_it_stands() {
        assert_eq!(token(b"a=1&_csrf=abc-_&b=2").as_deref(), Some("abc-_"));
        assert_eq!(token(b"%5Fcsrf=a%2Bb").as_deref(), Some("a+b"));
        assert_eq!(token(b"_csrf=first&_csrf=second").as_deref(), Some("first"));
        assert_eq!(token(b"_csrf").as_deref(), Some(""));
        assert_eq!(token(b"x_csrf=abc&_CSRF=abc"), None);
        assert_eq!(token(b"\xFF%zz&&=="), None);
    }
}
