use http::{HeaderName, HeaderValue};

use crate::RequestHead;

/// The headers of a request that concern its session. All are found in one pass, because to look one up takes longer than to
/// pass over it. Of several lines with one name, the first counts.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Headers<'a> {
    pub(crate) user_agent: Option<&'a HeaderValue>,
    pub(crate) accept_language: Option<&'a HeaderValue>,
    pub(crate) dnt: Option<&'a HeaderValue>,
    pub(crate) origin: Option<&'a str>,
    pub(crate) referer: Option<&'a str>,
    /// `Sec-Fetch-Site`, `-Mode` and `-Dest`.
    pub(crate) fetch_site: Option<&'a str>,
    pub(crate) fetch_mode: Option<&'a str>,
    pub(crate) fetch_dest: Option<&'a str>,
    /// Whether the page is fetched ahead.
    pub(crate) is_prefetch: bool,
    /// The host that the request is for.
    pub(crate) host: Option<&'a str>,
}

impl<'a> Headers<'a> {
    pub(crate) fn of(head: RequestHead<'a>) -> Self {
        let mut found = Self::default();
        for (name, value) in head.headers {
            found.note(name, value);
        }
        // HTTP/2 has it in the target, HTTP/1.1 in a header (RFC 9112, section 3.2).
        found.host = head.uri.authority().map(http::uri::Authority::as_str).or(found.host);
        found
    }

    fn note(&mut self, name: &HeaderName, value: &'a HeaderValue) {
        let text = || value.to_str().ok();
        match name.as_str() {
            "user-agent" => _ = self.user_agent.get_or_insert(value),
            "accept-language" => _ = self.accept_language.get_or_insert(value),
            "dnt" => _ = self.dnt.get_or_insert(value),
            "host" => self.host = self.host.or_else(text),
            "origin" => self.origin = self.origin.or_else(text),
            "referer" => self.referer = self.referer.or_else(text),
            "sec-fetch-site" => self.fetch_site = self.fetch_site.or_else(text),
            "sec-fetch-mode" => self.fetch_mode = self.fetch_mode.or_else(text),
            "sec-fetch-dest" => self.fetch_dest = self.fetch_dest.or_else(text),
            // What browsers send with a page that they fetch ahead: today's header, that of old versions of Chrome and Safari,
            // and that of old versions of Firefox.
            "sec-purpose" | "purpose" | "x-moz" => {
                self.is_prefetch |= text().is_some_and(|text| text.to_ascii_lowercase().contains("prefetch"));
            }
            _ => {}
        }
    }
}
