use http::{
    Extensions, HeaderMap, HeaderValue, Method, Request, Uri, header::UPGRADE, request::Parts, uri::Authority,
};

use super::Head;

/// A request without its body, for frameworks on the crate `http` 1. The functions given to a layer of `session-tower` see it.
///
/// ```
/// use http::Request;
/// use alo_session::RequestHead;
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

impl<'a> RequestHead<'a> {
    /// Makes a head of its parts.
    #[must_use]
    pub const fn new(
        method: &'a Method,
        uri: &'a Uri,
        headers: &'a HeaderMap,
        extensions: &'a Extensions,
    ) -> Self {
        Self { method, uri, headers, extensions }
    }
}

impl<'a, B> From<&'a Request<B>> for RequestHead<'a> {
    fn from(request: &'a Request<B>) -> Self {
        Self::new(request.method(), request.uri(), request.headers(), request.extensions())
    }
}

impl<'a> From<&'a Parts> for RequestHead<'a> {
    fn from(parts: &'a Parts) -> Self {
        Self::new(&parts.method, &parts.uri, &parts.headers, &parts.extensions)
    }
}

impl Head for RequestHead<'_> {
    type Value = HeaderValue;

    fn method(&self) -> &str {
        self.method.as_str()
    }

    fn path(&self) -> &str {
        self.uri.path()
    }

    fn query(&self) -> Option<&str> {
        self.uri.query()
    }

    fn authority(&self) -> Option<&str> {
        self.uri.authority().map(Authority::as_str)
    }

    fn headers(&self) -> impl Iterator<Item = (&str, &HeaderValue)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value))
    }

    fn header(&self, name: &str) -> Option<&HeaderValue> {
        // Every GET is asked for this one, and to compare the name is quicker than to parse it.
        if name == "upgrade" { self.headers.get(UPGRADE) } else { self.headers.get(name) }
    }
}
