//! What the core may know about a request.

use std::{fmt, net::IpAddr};

use crate::config::SameSite;

/// A request as the core sees it: its cookies, the properties for the fingerprint, and whether it is an HTTP request.
///
/// ```
/// use alo_session::visit::Visit;
///
/// let visit = Visit::new().cookie(b"AloSession=...").user_agent(b"Mozilla/5.0").dnt(b"1");
/// assert!(!visit.is_outside_http());
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct Visit<'a> {
    // Nearly every request has one Cookie header; this way it needs no allocation.
    first_cookie: Option<&'a [u8]>,
    more_cookies: Vec<&'a [u8]>,
    id_header: Option<&'a [u8]>,
    pub(crate) user_agent: Option<&'a [u8]>,
    pub(crate) accept_language: Option<&'a [u8]>,
    pub(crate) dnt: Option<&'a [u8]>,
    pub(crate) network: Option<IpAddr>,
    cross_site: Option<CrossSite>,
    outside_http: bool,
    passive: bool,
    unseen: bool,
    safe: bool,
}

/// A request that a page of another site made the browser send. `SameSite` decides whether the session cookie went along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "cookies know no third kind")]
pub enum CrossSite {
    /// The browser opens a page by a safe method, such as after a click on a link. A `Lax` cookie goes along.
    Navigation,
    /// Anything else, such as a form that is sent by POST. Only a cookie with `SameSite=None` goes along.
    Other,
}

impl<'a> Visit<'a> {
    /// Makes an HTTP request without headers.
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes a visit outside HTTP: a command line, a job, a test. It has no fingerprint, and its session is saved only if
    /// [`save_outside_http`](crate::config::Settings::save_outside_http) says so.
    pub fn outside_http() -> Self {
        Self { outside_http: true, ..Self::default() }
    }

    /// Adds the value of a `Cookie` header. A request may have several; their order is kept.
    #[inline]
    pub fn cookie(mut self, header: &'a [u8]) -> Self {
        if self.first_cookie.is_none() {
            self.first_cookie = Some(header);
        } else {
            self.more_cookies.push(header);
        }
        self
    }

    /// Sets the value of the header in which a program without cookies carries its id; see
    /// [`id_header`](crate::config::Settings::id_header). The request then has no cookies, whatever it sent, and the response
    /// tells the id by [`exchange::id_header`](crate::exchange::id_header) and sets no cookie. What is not an id, such as the
    /// empty value, asks for a new session that is told this way. So do two such headers.
    #[inline]
    pub fn id_header(mut self, value: &'a [u8]) -> Self {
        self.id_header = Some(if self.id_header.is_some() { b"" } else { value });
        self
    }

    /// Sets the value of the `User-Agent` header.
    #[inline]
    pub fn user_agent(mut self, header: &'a [u8]) -> Self {
        self.user_agent = Some(header);
        self
    }

    /// Sets the value of the `Accept-Language` header.
    #[inline]
    pub fn accept_language(mut self, header: &'a [u8]) -> Self {
        self.accept_language = Some(header);
        self
    }

    /// Sets the value of the `DNT` header.
    #[inline]
    pub fn dnt(mut self, header: &'a [u8]) -> Self {
        self.dnt = Some(header);
        self
    }

    /// Sets the client's address, from a source that the application trusts.
    #[inline]
    pub fn network(mut self, address: IpAddr) -> Self {
        self.network = Some(address);
        self
    }

    /// Says that another site made the browser send the request. If such a request comes without the session cookie, the
    /// browser may still hold one, so only a sign-in gives it a new one.
    #[inline]
    pub fn cross_site(mut self, kind: CrossSite) -> Self {
        self.cross_site = Some(kind);
        self
    }

    /// Says that the request does not count as a use of the session, such as a poll: it neither extends the idle deadline nor
    /// replaces the id for its age.
    #[inline]
    pub fn passive(mut self) -> Self {
        self.passive = true;
        self
    }

    /// Says that the response may never be shown, such as that to a `HEAD` request or a prefetch. Flash messages stay then.
    #[inline]
    pub fn unseen(mut self) -> Self {
        self.unseen = true;
        self
    }

    /// Says that the method of the request is safe (RFC 9110, section 9.2.1), such as GET: the visitor asks for nothing to be
    /// changed. If such a request is late, what its handler changed by the way is dropped without an error.
    #[inline]
    pub fn safe(mut self) -> Self {
        self.safe = true;
        self
    }

    /// Returns whether there is no HTTP request.
    #[must_use]
    pub const fn is_outside_http(&self) -> bool {
        self.outside_http
    }

    pub(crate) const fn is_passive(&self) -> bool {
        self.passive
    }

    pub(crate) const fn is_safe(&self) -> bool {
        self.safe
    }

    pub(crate) const fn is_unseen(&self) -> bool {
        self.unseen
    }

    /// The value of the header that carries an id, if there is one. There are no cookies then.
    pub(crate) const fn by_header(&self) -> Option<&'a [u8]> {
        self.id_header
    }

    /// Whether a browser that holds a cookie with this attribute does not send it along with this request.
    pub(crate) const fn is_without_cookie(&self, same_site: SameSite) -> bool {
        match self.cross_site {
            None => false,
            // It holds its id itself.
            _ if self.id_header.is_some() => false,
            Some(CrossSite::Navigation) => matches!(same_site, SameSite::Strict),
            Some(CrossSite::Other) => !matches!(same_site, SameSite::None),
        }
    }

    /// Returns the values of the `Cookie` headers in their order, or none if the id came by its header.
    pub(crate) fn cookies(&self) -> impl Iterator<Item = &'a [u8]> + '_ {
        let counts = self.id_header.is_none();
        self.first_cookie.into_iter().chain(self.more_cookies.iter().copied()).filter(move |_| counts)
    }
}

impl fmt::Debug for Visit<'_> {
    /// Shows which values are set and not the values: cookies are secrets, and the others identify a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visit")
            .field("cookie_headers", &self.cookies().count())
            .field("id_header", &self.id_header.is_some())
            .field("user_agent", &self.user_agent.is_some())
            .field("accept_language", &self.accept_language.is_some())
            .field("dnt", &self.dnt.is_some())
            .field("network", &self.network.is_some())
            .field("cross_site", &self.cross_site)
            .field("outside_http", &self.outside_http)
            .field("passive", &self.passive)
            .field("unseen", &self.unseen)
            .field("safe", &self.safe)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_value() {
        let visit = Visit::new()
            .cookie(b"AloSession=swordfish")
            .cookie(b"other=swordfish")
            .user_agent(b"swordfish")
            .accept_language(b"swordfish")
            .dnt(b"swordfish")
            .network(IpAddr::from([192, 0, 2, 77]));
        let shown = format!("{visit:?}");
        for hidden in ["swordfish", "115, 119", "192", "77"] {
            assert!(!shown.contains(hidden), "{shown}");
        }
        assert!(shown.contains("cookie_headers: 2"), "{shown}");
        let shown = format!("{:?}", visit.id_header(b"swordfish"));
        assert!(!shown.contains("swordfish") && shown.contains("id_header: true"), "{shown}");
    }

    #[test]
    fn cookie_headers_keep_their_order() {
        let visit = Visit::new().cookie(b"1").cookie(b"2").cookie(b"3");
        assert_eq!(visit.cookies().collect::<Vec<_>>(), [b"1", b"2", b"3"]);
    }
}
