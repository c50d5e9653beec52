use http::{Extensions, HeaderMap, Method, Request, Uri, request::Parts};

/// A request without its body, as the functions given to a layer see it.
///
/// ```
/// use http::Request;
/// use session_tower::RequestHead;
///
/// let request = Request::get("/cart").header("accept", "application/json").body(())?;
/// let head = RequestHead::from(&request);
/// assert_eq!((head.uri.path(), &head.headers["accept"]), ("/cart", &"application/json".parse()?));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct RequestHead<'a> {
    /// The method.
    pub method: &'a Method,
    /// The target. In a nested axum router it has no prefix.
    pub uri: &'a Uri,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// What other layers attached to the request.
    pub extensions: &'a Extensions,
}

impl<'a, B> From<&'a Request<B>> for RequestHead<'a> {
    fn from(request: &'a Request<B>) -> Self {
        Self {
            method: request.method(),
            uri: request.uri(),
            headers: request.headers(),
            extensions: request.extensions(),
        }
    }
}

impl<'a> From<&'a Parts> for RequestHead<'a> {
    fn from(parts: &'a Parts) -> Self {
        Self {
            method: &parts.method,
            uri: &parts.uri,
            headers: &parts.headers,
            extensions: &parts.extensions,
        }
    }
}
