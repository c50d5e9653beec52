use actix_web::{
    dev::RequestHead,
    http::header::{HeaderMap, HeaderName, HeaderValue},
};
use session_http::{Head, ResponseHeaders};
use zeroize::Zeroizing;

/// The head of a request, for `session-http`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a>(pub(crate) &'a RequestHead);

impl Head for Asked<'_> {
    type Value = HeaderValue;

    fn method(&self) -> &str {
        self.0.method.as_str()
    }

    fn path(&self) -> &str {
        self.0.uri.path()
    }

    fn query(&self) -> Option<&str> {
        self.0.uri.query()
    }

    fn authority(&self) -> Option<&str> {
        self.0.uri.authority().map(|authority| authority.as_str())
    }

    fn headers(&self) -> impl Iterator<Item = (&str, &HeaderValue)> {
        self.0.headers.iter().map(|(name, value)| (name.as_str(), value))
    }
}

/// The headers of a response, for `session-http`.
pub(crate) struct Answered<'a> {
    headers: &'a mut HeaderMap,
    /// Whether anything was changed.
    pub(crate) is_changed: bool,
}

impl<'a> Answered<'a> {
    pub(crate) const fn new(headers: &'a mut HeaderMap) -> Self {
        Self { headers, is_changed: false }
    }
}

impl ResponseHeaders for Answered<'_> {
    fn lines(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()))
    }

    fn append(&mut self, name: &'static str, value: &'static str) {
        self.is_changed = true;
        self.headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
    }

    fn replace(&mut self, name: &'static str, value: &'static str) {
        self.is_changed = true;
        self.headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }

    fn append_secret(&mut self, name: &str, mut value: Zeroizing<String>) {
        self.is_changed = true;
        // The text moves into the value, so that no copy has to be wiped.
        let value = HeaderValue::try_from(std::mem::take(&mut *value));
        if let (Ok(name), Ok(mut value)) = (HeaderName::try_from(name), value) {
            value.set_sensitive(true);
            self.headers.append(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_of_a_secret_is_in_no_log_of_headers() {
        let mut headers = HeaderMap::new();
        Answered::new(&mut headers).append_secret("set-cookie", Zeroizing::new("id=swordfish".to_owned()));
        assert_eq!(headers.get("set-cookie").map(HeaderValue::as_bytes), Some(&b"id=swordfish"[..]));
        assert!(!format!("{headers:?}").contains("swordfish"));
    }
}
