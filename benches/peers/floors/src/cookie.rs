use axum::http::{
    HeaderMap, HeaderValue,
    header::{COOKIE, SET_COOKIE},
};

/// The id as the cookie has it.
pub(crate) fn read(headers: &HeaderMap) -> u128 {
    let cookie = headers.get(COOKIE).unwrap().to_str().unwrap();
    let id = cookie.split("; ").find_map(|pair| pair.strip_prefix("id=")).unwrap();
    u128::from_str_radix(id, 16).unwrap()
}

/// The header that gives the browser the id.
pub(crate) fn write(id: u128) -> [(axum::http::HeaderName, HeaderValue); 1] {
    [(SET_COOKIE, HeaderValue::try_from(format!("id={id:032x}; HttpOnly; SameSite=Lax; Path=/")).unwrap())]
}
