use form_urlencoded::byte_serialize;
use http::{HeaderMap, HeaderValue, Method, header::ACCEPT};

use super::{own_path, return_to::PARAMETER};
use crate::RequestHead;

/// Returns where a request is sent that must sign in first, or `None` if it must be told so by its status: a program, or the
/// sign-in page itself.
pub(crate) fn location(page: &str, request: RequestHead<'_>) -> Option<HeaderValue> {
    let path = page.split('?').next().unwrap_or_default();
    if !shows_pages(request.headers) || request.uri.path() == path {
        return None;
    }
    let mut location = page.to_owned();
    // What was sent with a form is lost, so there is no way back to it.
    let back = request.uri.path_and_query().filter(|_| matches!(*request.method, Method::GET | Method::HEAD));
    if let Some(back) = back.and_then(|back| own_path(back.as_str())) {
        location.push(if page.contains('?') { '&' } else { '?' });
        location.push_str(PARAMETER);
        location.push('=');
        location.extend(byte_serialize(back.as_bytes()));
    }
    HeaderValue::try_from(location).ok()
}

/// Whether a browser will show what it gets as a page.
fn shows_pages(headers: &HeaderMap) -> bool {
    match headers.get("sec-fetch-mode") {
        Some(mode) => mode == "navigate",
        // An old browser, or a program that is not one.
        None => {
            let accepts =
                |value: &HeaderValue| value.to_str().is_ok_and(|accept| accept.contains("text/html"));
            headers.get_all(ACCEPT).iter().any(accepts) && !headers.contains_key("x-requested-with")
        }
    }
}
