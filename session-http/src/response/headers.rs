use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{CACHE_CONTROL, CDN_CACHE_CONTROL, SET_COOKIE, VARY},
};
use zeroize::Zeroizing;

/// The headers of a response, as [`Answering`](crate::Answering) looks at them and changes them. [`HeaderMap`] of the crate `http`
/// 1 is one; another framework implements it for its own.
pub trait ResponseHeaders {
    /// Returns all lines, by their names in lower case.
    fn lines(&self) -> impl Iterator<Item = (&str, &[u8])>;

    /// Adds a line to those with its name.
    fn append(&mut self, name: &'static str, value: &'static str);

    /// Like [`append`](Self::append), for a value that was made when the program ran. By default the line is marked like a secret.
    fn append_text(&mut self, name: &'static str, value: &str) {
        self.append_secret(name, Zeroizing::new(value.to_owned()));
    }

    /// Replaces all lines with its name.
    fn replace(&mut self, name: &'static str, value: &'static str);

    /// Adds a line whose value is a secret. It should be marked as sensitive, where that is possible: the mark keeps it out of logs
    /// that print headers and out of the tables of HTTP/2.
    fn append_secret(&mut self, name: &str, value: Zeroizing<String>);
}

impl ResponseHeaders for HeaderMap {
    fn lines(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.iter().map(|(name, value)| (name.as_str(), value.as_bytes()))
    }

    fn append(&mut self, name: &'static str, value: &'static str) {
        self.append(static_name(name), static_value(value));
    }

    fn append_text(&mut self, name: &'static str, value: &str) {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.append(static_name(name), value);
        }
    }

    fn replace(&mut self, name: &'static str, value: &'static str) {
        self.insert(static_name(name), static_value(value));
    }

    fn append_secret(&mut self, name: &str, mut value: Zeroizing<String>) {
        let name = if name == SET_COOKIE { Ok(SET_COOKIE) } else { HeaderName::try_from(name) };
        // The text moves into the value, so that no copy has to be wiped.
        if let (Ok(name), Ok(mut value)) = (name, HeaderValue::try_from(std::mem::take(&mut *value))) {
            value.set_sensitive(true);
            self.append(name, value);
        }
    }
}

/// Comparing with what is asked for most is quicker than parsing it.
fn static_name(name: &'static str) -> HeaderName {
    match name {
        "vary" => VARY,
        "cache-control" => CACHE_CONTROL,
        "cdn-cache-control" => CDN_CACHE_CONTROL,
        name => HeaderName::from_static(name),
    }
}

/// A constant was checked by the compiler, and `from_static` checks each byte.
fn static_value(value: &'static str) -> HeaderValue {
    match value {
        "cookie" => const { HeaderValue::from_static("cookie") },
        "no-store" => const { HeaderValue::from_static("no-store") },
        value => HeaderValue::from_static(value),
    }
}
