/// The head of a request, as plain values: all that this crate asks of a framework's request.
///
/// [`RequestHead`](crate::RequestHead) is one for every framework on the crate `http` 1. Any other framework implements it for a
/// reference to its own request:
///
/// ```
/// use session_http::Head;
///
/// struct Asked<'a> {
///     target: &'a str,
///     headers: &'a [(&'a str, &'a str)],
/// }
///
/// impl<'a> Head for Asked<'a> {
///     type Value = &'a str;
///
///     fn method(&self) -> &str {
///         "GET"
///     }
///
///     fn path(&self) -> &str {
///         self.target.split('?').next().unwrap_or_default()
///     }
///
///     fn query(&self) -> Option<&str> {
///         Some(self.target.split_once('?')?.1)
///     }
///
///     fn authority(&self) -> Option<&str> {
///         None
///     }
///
///     fn headers(&self) -> impl Iterator<Item = (&str, &&'a str)> {
///         self.headers.iter().map(|(name, value)| (*name, value))
///     }
/// }
/// ```
pub trait Head {
    /// The value of a header. A clone should be cheap, because a session that is loaded after its request keeps some.
    type Value: AsRef<[u8]> + Clone;

    /// Returns the method, as it was sent: in upper case for those that are known.
    fn method(&self) -> &str;

    /// Returns the path, neither decoded nor normalized.
    fn path(&self) -> &str;

    /// Returns what stands behind the `?` of the target.
    fn query(&self) -> Option<&str>;

    /// Returns the host and port of the target. Only HTTP/2 and later have them there; `None` where they are in `Host` alone.
    fn authority(&self) -> Option<&str>;

    /// Returns all headers, by their names in lower case. A name that has several lines comes once for each, in their order.
    fn headers(&self) -> impl Iterator<Item = (&str, &Self::Value)>;

    /// Returns the value of the first line with this name, which is in lower case. It looks at all lines, unless a framework with a
    /// quicker way says otherwise.
    fn header(&self, name: &str) -> Option<&Self::Value> {
        self.headers().find(|(found, _)| *found == name).map(|(_, value)| value)
    }
}

/// Returns the value of the first line with the name.
pub(crate) fn first<'a, H: Head>(head: &'a H, name: &str) -> Option<&'a [u8]> {
    head.header(name).map(AsRef::as_ref)
}

/// Returns the values of all lines with the name.
pub(crate) fn lines<'a, H: Head>(head: &'a H, name: &str) -> impl Iterator<Item = &'a [u8]> {
    head.headers().filter(move |(found, _)| *found == name).map(|(_, value)| value.as_ref())
}

/// Returns the value as text, if it is visible ASCII.
pub(crate) fn text(value: &[u8]) -> Option<&str> {
    let is_visible = |byte: &u8| matches!(byte, b'\t' | b' '..=b'~');
    value.iter().all(is_visible).then(|| str::from_utf8(value).ok()).flatten()
}

/// Whether the method is safe (RFC 9110, section 9.2.1).
pub(crate) fn is_safe(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "OPTIONS" | "TRACE")
}
