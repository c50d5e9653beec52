use std::{fmt, future::IntoFuture, pin::Pin};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method,
    header::{CONTENT_TYPE, SET_COOKIE},
};
use serde::Serialize;
use session_testservers::jar::Place;
use session_tower::SessionFailure;

use super::{
    Browser, Page,
    seen::Seen,
    watched::{Log, REQUEST},
};

/// A request of a [`Browser`], sent when it is awaited.
#[must_use = "a request is sent when it is awaited"]
pub struct RequestBuilder {
    pub(crate) browser: Browser,
    pub(crate) method: Method,
    pub(crate) place: Place,
    pub(crate) target: String,
    pub(crate) from: Option<Place>,
    pub(crate) by_script: bool,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl RequestBuilder {
    pub(crate) fn new(browser: Browser, method: Method, place: Place, target: String) -> Self {
        let (headers, body) = (HeaderMap::new(), Bytes::new());
        Self { browser, method, place, target, from: None, by_script: false, headers, body }
    }

    /// Adds a header, in place of what the browser would send.
    ///
    /// # Panics
    /// If the name or the value cannot be a header.
    #[track_caller]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
            (Ok(name), Ok(value)) => self.headers.insert(name, value),
            _ => self.fail(&format!("{name:?} cannot be a header with this value")),
        };
        self
    }

    /// Sends these fields as a form.
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.body("application/x-www-form-urlencoded", text)
    }

    /// Sends a value as JSON, which only a script of a page can do.
    ///
    /// # Panics
    /// If it cannot be written as JSON.
    #[track_caller]
    pub fn json(self, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(bytes) => self.by_script().body("application/json", bytes),
            Err(error) => self.fail(&error.to_string()),
        }
    }

    /// Sends a body of any type.
    #[track_caller]
    pub fn body(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self.header(CONTENT_TYPE.as_str(), content_type)
    }

    /// Lets a page of another site make the request, such as `https://evil.example`: the browser says so, and `SameSite`
    /// decides which cookies go along.
    pub fn from(self, page: &str) -> Self {
        self.by_page(&Place::parse(page))
    }

    /// Lets a script of the page make the request, as `fetch` with credentials does, in place of a link or a form. The
    /// preflight that a browser may send first is left out.
    pub fn by_script(mut self) -> Self {
        self.by_script = true;
        self
    }

    pub(crate) fn by_page(mut self, page: &Place) -> Self {
        self.from = Some(page.clone());
        self
    }

    pub(crate) fn query(mut self, fields: &[(&str, &str)]) -> Self {
        let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.target = format!("{}?{text}", self.place.path);
        self
    }

    async fn send(self) -> Page {
        let trip = self.trip();
        let cookies = self.browser.cookies().header(&trip);
        let request = self.build(&trip, cookies.as_deref());
        let backing = self.browser.backing();
        // What the browser holds, whether it goes with this request or not.
        let own = self.browser.own_cookies(&self.place);
        let before = match backing {
            Some(backing) => Some((backing.look(own.as_deref()).await, backing.log.len())),
            None => None,
        };
        let log = Log::default();
        let sent = REQUEST.scope(log.clone(), self.browser.transport().send(request)).await;
        let response = match sent {
            Ok(response) => response,
            Err(error) => self.fail(&format!("no response: {error}")),
        };
        let (parts, body) = response.into_parts();
        let name = backing.map(|backing| backing.config().cookie.name.as_str());
        let cookie = self.browser.cookies().keep_all(parts.headers.get_all(SET_COOKIE), &trip, name);
        let seen = match (backing, before) {
            (Some(backing), Some((before, noted))) => Some(Seen {
                before,
                after: backing.look(self.browser.own_cookies(&self.place).as_deref()).await,
                old: backing.look(own.as_deref()).await,
                asked: [log.since(0), backing.log.since(noted)].concat(),
                cookie,
            }),
            _ => None,
        };
        Page {
            failure: parts.extensions.get::<SessionFailure>().cloned(),
            browser: self.browser,
            method: self.method,
            place: self.place,
            target: self.target,
            status: parts.status,
            headers: parts.headers,
            body,
            seen,
        }
    }

    #[track_caller]
    pub(crate) fn fail(&self, why: &str) -> ! {
        super::story::fail(&format!("{self:?}: {why}"))
    }
}

impl IntoFuture for RequestBuilder {
    type Output = Page;
    type IntoFuture = Pin<Box<dyn Future<Output = Page> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl fmt::Debug for RequestBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.target)
    }
}
