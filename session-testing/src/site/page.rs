use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, header::LOCATION};
use serde::de::DeserializeOwned;
use session_testservers::jar::Place;
use session_tower::SessionFailure;

use super::{
    Browser, Look, RequestBuilder,
    address::resolve,
    forms,
    seen::Seen,
    story::{self, tell},
};

/// What came back to a [`Browser`], and what became of its session.
///
/// Its assertions return it, so that they can stand one behind the other. A failed one says what the application was asked and
/// answered, what the session was before and after, and what the store was asked; never an id.
pub struct Page {
    pub(crate) browser: Browser,
    pub(crate) method: Method,
    pub(crate) place: Place,
    pub(crate) target: String,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Why the session made the request fail, if the application is in this process.
    pub(crate) failure: Option<SessionFailure>,
    /// `None` if the browser knows nothing of the store.
    pub(crate) seen: Option<Seen>,
}

impl Page {
    /// The most responses that [`follow`](Self::follow) follows.
    pub const MAX_REDIRECTS: usize = 10;

    /// Returns the status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns a header, if it is there and is text; the first of several.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns the body. Bytes that are no UTF-8 are replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Returns the body, read as JSON.
    ///
    /// # Panics
    /// If it is no JSON of this type.
    #[must_use]
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => {
                self.fail(&format!("the body should be JSON for a {}: {error}", std::any::type_name::<T>()))
            }
        }
    }

    /// Returns why the session made the request fail. `None` if it did not, or over a socket.
    #[must_use]
    pub const fn failure(&self) -> Option<&SessionFailure> {
        self.failure.as_ref()
    }

    /// Returns the session as the store had it after the response.
    ///
    /// # Panics
    /// If the browser is not one of a [`Site`](crate::Site).
    #[must_use]
    #[track_caller]
    pub fn session(&self) -> &Look {
        &self.seen().after
    }

    /// Returns the CSRF token of the page: that of `<meta name="csrf-token">`, or else of the first field `_csrf`.
    #[must_use]
    pub fn csrf_token(&self) -> Option<String> {
        forms::token(&self.text())
    }

    /// Sends a form of the page, as if the visitor had filled these fields in and pressed its button. Fields that are not named
    /// keep their values: hidden ones, such as the CSRF token, and what is filled in or chosen. `action` tells which form it
    /// is; of several with one action the first is taken.
    ///
    /// # Panics
    /// If the page has no such form.
    #[track_caller]
    pub fn submit(&self, action: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let text = self.text();
        let all = forms::forms(&text);
        let target = |form: &forms::Form| resolve(&self.place, &self.target, &form.action).1;
        let wanted = resolve(&self.place, &self.target, action).1;
        let Some(form) = all.iter().find(|form| target(form) == wanted) else {
            let actions: Vec<_> = all.iter().map(target).collect();
            self.fail(&format!("there should be a form for {action}, but there are those for {actions:?}"))
        };
        let kept = form.fields.iter().filter(|(name, _)| fields.iter().all(|(given, _)| given != name));
        let kept = kept.map(|(name, value)| (name.as_str(), value.as_str()));
        let fields: Vec<_> = kept.chain(fields.iter().copied()).collect();
        let request = self.request(form.method.clone(), &form.action);
        if form.method == Method::GET { request.query(&fields) } else { request.form(&fields) }
    }

    /// Makes a request as a script of the page makes it by `fetch`: with the page's CSRF token, if it has one, in the header
    /// `X-CSRF-Token`.
    pub fn fetch(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.request(method, path).by_script();
        match self.csrf_token() {
            Some(token) => request.header(session_tower::CsrfToken::HEADER, &token),
            None => request,
        }
    }

    /// Goes where the response sends the browser, and on, until a response is no redirect. Other sites are not visited, and no
    /// form is sent again (307, 308).
    ///
    /// # Panics
    /// After [`MAX_REDIRECTS`](Self::MAX_REDIRECTS) redirects.
    pub async fn follow(self) -> Self {
        let mut page = self;
        for _ in 0..Self::MAX_REDIRECTS {
            let location = page.headers.get(LOCATION).and_then(|to| to.to_str().ok());
            let Some(location) = location.filter(|_| page.is_redirect()) else { return page };
            if resolve(&page.place, &page.target, location).0.site() != page.place.site() {
                return page;
            }
            page = page.request(Method::GET, location).await;
        }
        page.fail("the redirects should come to an end")
    }

    /// Whether the browser gets another page because of it.
    pub(crate) fn is_redirect(&self) -> bool {
        match self.status.as_u16() {
            301..=303 => true,
            307 | 308 => self.method.is_safe(),
            _ => false,
        }
    }

    fn request(&self, method: Method, to: &str) -> RequestBuilder {
        let (place, target) = resolve(&self.place, &self.target, to);
        RequestBuilder::new(self.browser.clone(), method, place, target).by_page(&self.place)
    }

    #[track_caller]
    pub(crate) fn seen(&self) -> &Seen {
        match &self.seen {
            Some(seen) => seen,
            None => self.fail("only a browser of a `Site` knows what becomes of its session"),
        }
    }

    /// Fails the test.
    #[track_caller]
    pub(crate) fn fail(&self, expected: &str) -> ! {
        story::fail(&tell(self, expected))
    }
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&tell(self, "Page"))
    }
}
