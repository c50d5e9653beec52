use std::net::IpAddr;

use session_core::Visit;

use super::Head;

/// The headers of a request that concern its session. All are found in one pass, because to look one up takes longer than to
/// pass over it. Of several lines with one name the first counts, but for `Cookie`, of which all count.
#[derive(Debug)]
pub(crate) struct Headers<'a, V> {
    // Nearly every request has one line of cookies; this way it needs no allocation.
    first_cookie: Option<&'a V>,
    more_cookies: Vec<&'a V>,
    pub(crate) id: IdHeader<&'a V>,
    pub(crate) user_agent: Option<&'a V>,
    pub(crate) accept_language: Option<&'a V>,
    pub(crate) dnt: Option<&'a V>,
    pub(crate) origin: Option<&'a [u8]>,
    pub(crate) referer: Option<&'a [u8]>,
    /// `Sec-Fetch-Site`, `-Mode` and `-Dest`.
    pub(crate) fetch_site: Option<&'a [u8]>,
    pub(crate) fetch_mode: Option<&'a [u8]>,
    pub(crate) fetch_dest: Option<&'a [u8]>,
    /// Whether the page is fetched ahead.
    pub(crate) is_prefetch: bool,
    /// The host that the request is for.
    pub(crate) host: Option<&'a [u8]>,
}

impl<'a, V: AsRef<[u8]>> Headers<'a, V> {
    /// `id_header` is the name of the header that carries ids, if there is one.
    pub(crate) fn of<H: Head<Value = V>>(head: &'a H, id_header: Option<&str>) -> Self {
        let mut found = Self {
            first_cookie: None,
            more_cookies: Vec::new(),
            id: IdHeader::None,
            user_agent: None,
            accept_language: None,
            dnt: None,
            origin: None,
            referer: None,
            fetch_site: None,
            fetch_mode: None,
            fetch_dest: None,
            is_prefetch: false,
            host: None,
        };
        for (name, value) in head.headers() {
            match id_header {
                Some(id_header) if name.eq_ignore_ascii_case(id_header) => found.id.note(value),
                _ => found.note(name, value),
            }
        }
        // HTTP/2 has it in the target, HTTP/1.1 in a header (RFC 9112, section 3.2).
        found.host = head.authority().map(str::as_bytes).or(found.host);
        found
    }

    fn note(&mut self, name: &str, value: &'a V) {
        let bytes = value.as_ref();
        match name {
            "cookie" if self.first_cookie.is_none() => self.first_cookie = Some(value),
            "cookie" => self.more_cookies.push(value),
            "user-agent" => _ = self.user_agent.get_or_insert(value),
            "accept-language" => _ = self.accept_language.get_or_insert(value),
            "dnt" => _ = self.dnt.get_or_insert(value),
            "host" => _ = self.host.get_or_insert(bytes),
            "origin" => _ = self.origin.get_or_insert(bytes),
            "referer" => _ = self.referer.get_or_insert(bytes),
            "sec-fetch-site" => _ = self.fetch_site.get_or_insert(bytes),
            "sec-fetch-mode" => _ = self.fetch_mode.get_or_insert(bytes),
            "sec-fetch-dest" => _ = self.fetch_dest.get_or_insert(bytes),
            // What browsers send with a page that they fetch ahead: today's header, that of old versions of Chrome and Safari,
            // and that of old versions of Firefox.
            "sec-purpose" | "purpose" | "x-moz" => {
                self.is_prefetch |= bytes.to_ascii_lowercase().windows(8).any(|part| part == b"prefetch");
            }
            _ => {}
        }
    }

    /// Returns the values of all lines of cookies, in their order.
    pub(crate) fn cookies(&self) -> impl Iterator<Item = &'a V> {
        self.first_cookie.into_iter().chain(self.more_cookies.iter().copied())
    }

    /// Returns the visit, so far as headers tell.
    pub(crate) fn visit(&self, network: Option<IpAddr>) -> Visit<'a> {
        assemble(self.cookies(), self.id, [self.user_agent, self.accept_language, self.dnt], network)
    }
}

/// The header that carries an id, if the request has it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum IdHeader<V> {
    None,
    One(V),
    /// It cannot be known which one is meant.
    Several,
}

impl<V> IdHeader<V> {
    fn note(&mut self, value: V) {
        *self = if matches!(self, Self::None) { Self::One(value) } else { Self::Several };
    }

    pub(crate) const fn is_there(&self) -> bool {
        !matches!(self, Self::None)
    }

    pub(crate) const fn as_ref(&self) -> IdHeader<&V> {
        match self {
            Self::None => IdHeader::None,
            Self::One(value) => IdHeader::One(value),
            Self::Several => IdHeader::Several,
        }
    }
}

impl<V: Clone> IdHeader<&V> {
    pub(crate) fn cloned(self) -> IdHeader<V> {
        match self {
            Self::None => IdHeader::None,
            Self::One(value) => IdHeader::One(value.clone()),
            Self::Several => IdHeader::Several,
        }
    }
}

/// Makes a visit of the lines of cookies, of the header that carries an id, of `User-Agent`, `Accept-Language` and `DNT`, and of
/// the client's address.
pub(crate) fn assemble<'a, V: AsRef<[u8]> + 'a>(
    cookies: impl Iterator<Item = &'a V>,
    id: IdHeader<&'a V>,
    [user_agent, accept_language, dnt]: [Option<&'a V>; 3],
    network: Option<IpAddr>,
) -> Visit<'a> {
    let mut visit = Visit::new();
    match id {
        IdHeader::None => {
            for header in cookies {
                visit = visit.cookie(header.as_ref());
            }
        }
        IdHeader::One(value) => visit = visit.id_header(value.as_ref()),
        IdHeader::Several => visit = visit.id_header(b""),
    }
    if let Some(header) = user_agent {
        visit = visit.user_agent(header.as_ref());
    }
    if let Some(header) = accept_language {
        visit = visit.accept_language(header.as_ref());
    }
    if let Some(header) = dnt {
        visit = visit.dnt(header.as_ref());
    }
    match network {
        Some(address) => visit.network(address),
        None => visit,
    }
}
