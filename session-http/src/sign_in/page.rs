use form_urlencoded::byte_serialize;

use super::{own_path, return_to::PARAMETER};
use crate::{
    Head,
    request::{first, lines},
};

/// Returns where a request is sent that must sign in first, or `None` if it must be told so by its status: a program, or one
/// that asks for the sign-in page itself, which would go in circles.
pub(crate) fn location(page: &str, request: &impl Head) -> Option<String> {
    if !shows_pages(request) {
        return None;
    }
    let is_form = !matches!(request.method(), "GET" | "HEAD");
    let query = request.query().map(|query| format!("?{query}")).unwrap_or_default();
    let target = format!("{}{query}", request.path());
    let target = own_path(&target);
    let mut location = page.to_owned();
    if request.path() == page.split('?').next().unwrap_or_default() {
        if !is_form {
            return None;
        }
        // Its form is shown anew, with the way back that it had.
        location = target.unwrap_or(page).to_owned();
    } else if let Some(back) = target.filter(|_| !is_form) {
        // What was sent with a form is lost, so there is no way back to it.
        location.push(if page.contains('?') { '&' } else { '?' });
        location.push_str(PARAMETER);
        location.push('=');
        location.extend(byte_serialize(back.as_bytes()));
    }
    // A header cannot carry anything else.
    location.bytes().all(|byte| matches!(byte, b' '..=b'~')).then_some(location)
}

/// Whether a browser will show what it gets as a page.
fn shows_pages(request: &impl Head) -> bool {
    match first(request, "sec-fetch-mode") {
        Some(mode) => mode == b"navigate",
        // An old browser, or a program that is not one.
        None => {
            let accepts =
                |accept: &[u8]| str::from_utf8(accept).is_ok_and(|accept| accept.contains("text/html"));
            lines(request, "accept").any(accepts) && first(request, "x-requested-with").is_none()
        }
    }
}
