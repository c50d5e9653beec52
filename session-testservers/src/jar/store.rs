use std::{cmp::Reverse, time::Duration};

use super::{Cookie, Trip};

/// The cookies of one browser. Times are since 1970.
#[derive(Debug, Clone, Default)]
pub struct Jar {
    /// In the order in which they were first set.
    cookies: Vec<Cookie>,
}

impl Jar {
    /// Creates an empty jar.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Does what a `Set-Cookie` header says that came back from this trip. Returns whether a browser obeys it.
    pub fn keep(&mut self, header: &str, trip: &Trip, now: Duration) -> bool {
        self.cookies.retain(|cookie| !cookie.is_over(now));
        let Some(mut cookie) = Cookie::parse(header, trip, now) else {
            return false;
        };
        let is_insecure = !cookie.secure && !trip.to.is_trustworthy();
        if is_insecure && self.cookies.iter().any(|old| cookie.hides(old)) {
            return false;
        }
        let old = self.cookies.iter().position(|old| cookie.replaces(old));
        if cookie.is_over(now) {
            old.map(|at| self.cookies.remove(at));
        } else if let Some(old) = old.and_then(|at| self.cookies.get_mut(at)) {
            cookie.created = old.created;
            *old = cookie;
        } else {
            self.cookies.push(cookie);
        }
        true
    }

    /// Returns the value of `Cookie` for this trip: the longest path first, then the oldest.
    #[must_use]
    pub fn header(&self, trip: &Trip, now: Duration) -> Option<String> {
        let pairs: Vec<_> = self.matching(trip, now).into_iter().map(pair).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// Returns the cookies that go with this trip, in their order.
    #[must_use]
    pub fn matching(&self, trip: &Trip, now: Duration) -> Vec<&Cookie> {
        let mut found: Vec<_> = self.cookies.iter().filter(|cookie| cookie.goes_with(trip, now)).collect();
        // A stable sort: the oldest stays first.
        found.sort_by_key(|cookie| Reverse(cookie.path.len()));
        found
    }

    /// Returns the cookies that have not expired.
    pub fn cookies(&self, now: Duration) -> impl Iterator<Item = &Cookie> {
        self.cookies.iter().filter(move |cookie| !cookie.is_over(now))
    }

    /// Closes the browser: cookies without a lifetime go with it.
    pub fn close(&mut self) {
        self.cookies.retain(|cookie| cookie.expires.is_some());
    }
}

fn pair(cookie: &Cookie) -> String {
    if cookie.name.is_empty() { cookie.value.clone() } else { format!("{}={}", cookie.name, cookie.value) }
}
