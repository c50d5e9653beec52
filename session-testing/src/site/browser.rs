use std::{fmt, sync::Arc};

use http::{
    HeaderMap, HeaderName, HeaderValue, Method,
    header::{ACCEPT_LANGUAGE, USER_AGENT},
};
use session_core::Visit;
use session_testservers::jar::{Place, Trip};

use super::{
    App, Given, Look, RequestBuilder, Transport, address::resolve, backing::Backing, cookies::Cookies,
};

/// A browser: it keeps cookies, and says where its requests come from, as browsers do.
///
/// A clone is another tab of the same browser, with the same cookies. Requests may be made at the same time. Redirects are not
/// followed unless the test [asks for it](crate::Page::follow).
///
/// ```
/// # use axum::{Router, routing::get};
/// # use session_testing::Browser;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// // Without sessions, it is a cookie jar over any application.
/// let set = || async { ([("set-cookie", "theme=dark; Max-Age=60")], "hello") };
/// let browser = Browser::new(Router::new().route("/", get(set)));
/// browser.get("/").await.assert_status(200).assert_says("hello");
/// assert_eq!(browser.cookie("theme").as_deref(), Some("dark"));
/// # }
/// ```
#[derive(Clone)]
pub struct Browser(Arc<Inner>);

struct Inner {
    transport: Transport,
    backing: Option<Arc<Backing>>,
    home: Place,
    cookies: Cookies,
    headers: HeaderMap,
}

const CHROME: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

impl Browser {
    /// Where an application in this process seems to be: on TLS, so that `Secure` cookies are kept.
    pub(crate) const HOME: &str = "https://site.test/";

    /// Opens a browser for any application in this process, at `https://site.test`.
    pub fn new(app: impl App) -> Self {
        Self::open(app.into_transport(), None, Self::HOME)
    }

    /// Opens a browser for a server, such as `http://127.0.0.1:3000`. It needs a tokio runtime.
    #[must_use]
    pub fn connect(url: &str) -> Self {
        Self::open(Transport::to(url), None, url)
    }

    pub(crate) fn open(transport: Transport, backing: Option<Arc<Backing>>, home: &str) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, HeaderValue::from_static(CHROME));
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static("en-GB,en;q=0.9"));
        let home = Place::parse(home).at("/");
        let cookies = Cookies::new(backing.as_ref().map(|backing| backing.clock.clone()));
        Self(Arc::new(Inner { transport, backing, home, cookies, headers }))
    }

    /// Goes to an address, as if it had been typed or bookmarked. It is a path, or a URL for another host of the application.
    pub fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    /// Posts something from a page of the site, which lacks a CSRF token unless the test adds it.
    /// [`Page::submit`](crate::Page::submit) and [`Page::fetch`](crate::Page::fetch) send the token of a page.
    pub fn post(&self, path: &str) -> RequestBuilder {
        self.request(Method::POST, path)
    }

    /// Makes a request by any method.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let (place, target) = resolve(self.home(), "/", path);
        RequestBuilder::new(self.clone(), method, place, target)
    }

    /// Returns what makes the browser's session hold something, without a request.
    pub fn given(&self) -> Given<Self> {
        Given::of(self.clone())
    }

    /// Looks at the session that the browser's cookie opens now. That changes nothing, and meets no fault of the store.
    ///
    /// # Panics
    /// If the browser is not one of a [`Site`](crate::Site).
    pub async fn look(&self) -> Look {
        match self.backing() {
            Some(backing) => backing.look(self.own_cookies(self.home()).as_deref()).await,
            None => Look::unknown(),
        }
    }

    /// Returns another browser with a copy of the cookies, such as that of whoever stole them.
    #[must_use]
    pub fn stolen_copy(&self) -> Self {
        self.with(self.0.headers.clone())
    }

    /// Returns this browser under another `User-Agent`, with a copy of the cookies.
    ///
    /// # Panics
    /// If the text cannot be a header.
    #[must_use]
    #[track_caller]
    pub fn user_agent(self, text: &str) -> Self {
        self.header(USER_AGENT.as_str(), text)
    }

    /// Returns this browser with a header that it sends with every request, and a copy of the cookies.
    ///
    /// # Panics
    /// If the name or the value cannot be a header.
    #[must_use]
    #[track_caller]
    pub fn header(self, name: &str, value: &str) -> Self {
        let mut headers = self.0.headers.clone();
        let (name, value) = (name.parse::<HeaderName>().ok(), HeaderValue::from_str(value).ok());
        super::story::verdict(name.is_some() && value.is_some(), || {
            format!("{name:?} cannot be such a header")
        });
        if let (Some(name), Some(value)) = (name, value) {
            headers.insert(name, value);
        }
        self.with(headers)
    }

    /// Closes the browser and opens it again: cookies without a lifetime are gone.
    pub fn restart(&self) {
        self.cookies().close();
    }

    /// Returns the value of a cookie that the browser would send to the front page.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies().value(name, &Trip::to(self.home()))
    }

    /// The cookies that the browser would send if its visitor went there.
    pub(crate) fn own_cookies(&self, place: &Place) -> Option<String> {
        self.cookies().header(&Trip::to(place))
    }

    pub(crate) fn cookies(&self) -> &Cookies {
        &self.0.cookies
    }

    pub(crate) fn visit<'a>(&'a self, cookies: Option<&'a str>) -> Visit<'a> {
        let mut visit = Visit::new();
        if let Some(cookies) = cookies {
            visit = visit.cookie(cookies.as_bytes());
        }
        if let Some(agent) = self.0.headers.get(USER_AGENT) {
            visit = visit.user_agent(agent.as_bytes());
        }
        if let Some(language) = self.0.headers.get(ACCEPT_LANGUAGE) {
            visit = visit.accept_language(language.as_bytes());
        }
        visit
    }

    pub(crate) fn home(&self) -> &Place {
        &self.0.home
    }

    pub(crate) fn headers(&self) -> HeaderMap {
        self.0.headers.clone()
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.0.transport
    }

    pub(crate) fn backing(&self) -> Option<&Arc<Backing>> {
        self.0.backing.as_ref()
    }

    fn with(&self, headers: HeaderMap) -> Self {
        let Inner { transport, backing, home, .. } = &*self.0;
        let cookies = self.cookies().copy();
        Self(Arc::new(Inner {
            transport: transport.clone(),
            backing: backing.clone(),
            home: home.clone(),
            cookies,
            headers,
        }))
    }
}

impl fmt::Debug for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.cookies().names();
        f.debug_struct("Browser").field("home", &self.home().origin()).field("cookies", &names).finish()
    }
}
