//! What a browser adds to a request.

use bytes::Bytes;
use http::{
    HeaderName, Request,
    header::{COOKIE, HOST, ORIGIN, REFERER},
};
use session_testservers::jar::Trip;

use super::RequestBuilder;

impl RequestBuilder {
    /// The request as the jar sees it. A browser that posts does so from a page, by default of the same site.
    pub(crate) fn trip(&self) -> Trip {
        let trip = Trip::to(&self.place).method(self.method.as_str());
        let home = (!self.method.is_safe() || self.by_script).then(|| self.browser.home());
        match self.from.as_ref().or(home) {
            Some(page) if self.by_script => trip.from(page).inside(page),
            Some(page) => trip.from(page),
            None => trip,
        }
    }

    /// The request with all that a browser adds.
    pub(crate) fn build(&self, trip: &Trip, cookies: Option<&str>) -> Request<Bytes> {
        let mut request = Request::new(self.body.clone());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = match self.target.parse() {
            Ok(target) => target,
            Err(error) => self.fail(&format!("no URL: {error}")),
        };
        let headers = request.headers_mut();
        let mut add = |name: HeaderName, value: &str| {
            if let Ok(value) = value.parse() {
                headers.insert(name, value);
            }
        };
        add(HOST, &self.place.authority());
        for (name, value) in trip.headers() {
            if let Ok(name) = name.parse() {
                add(name, &value);
            }
        }
        if self.place.is_trustworthy() {
            let script = [("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")];
            let page = [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
            for (name, value) in if self.by_script { script } else { page } {
                add(HeaderName::from_static(name), value);
            }
        }
        let other = self.from.as_ref().filter(|from| from.origin() != self.place.origin());
        match (other, &self.from) {
            // To another origin a browser says no more than its own.
            (Some(other), _) => {
                add(REFERER, &format!("{}/", other.origin()));
                if self.by_script {
                    add(ORIGIN, &other.origin());
                }
            }
            (None, Some(from)) => add(REFERER, &format!("{}{}", from.origin(), from.path)),
            (None, None) => {}
        }
        if let Some(cookies) = cookies {
            add(COOKIE, cookies);
        }
        headers.extend(self.browser.headers());
        headers.extend(self.headers.clone());
        request
    }
}
