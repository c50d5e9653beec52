use std::net::IpAddr;

use http::{
    HeaderName, HeaderValue,
    header::{ACCEPT_LANGUAGE, COOKIE, DNT, USER_AGENT},
};
use session_core::Visit;

use crate::RequestHead;

/// The parts of a request that are needed to open its session. Header values are shared, not copied.
#[derive(Clone)]
pub(crate) struct Client {
    cookies: Vec<HeaderValue>,
    user_agent: Option<HeaderValue>,
    accept_language: Option<HeaderValue>,
    dnt: Option<HeaderValue>,
    network: Option<IpAddr>,
}

impl Client {
    pub(crate) fn new(RequestHead { headers, .. }: RequestHead<'_>, network: Option<IpAddr>) -> Self {
        let one = |name: HeaderName| headers.get(name).cloned();
        Self {
            cookies: headers.get_all(COOKIE).iter().cloned().collect(),
            user_agent: one(USER_AGENT),
            accept_language: one(ACCEPT_LANGUAGE),
            dnt: one(DNT),
            network,
        }
    }

    pub(crate) fn visit(&self) -> Visit<'_> {
        assemble(
            self.cookies.iter(),
            [&self.user_agent, &self.accept_language, &self.dnt].map(Option::as_ref),
            self.network,
        )
    }
}

/// Returns the [`Visit`] of a request whose session is opened at once.
pub(crate) fn visit(RequestHead { headers, .. }: RequestHead<'_>, network: Option<IpAddr>) -> Visit<'_> {
    assemble(
        headers.get_all(COOKIE).iter(),
        [USER_AGENT, ACCEPT_LANGUAGE, DNT].map(|name| headers.get(name)),
        network,
    )
}

fn assemble<'a>(
    cookies: impl Iterator<Item = &'a HeaderValue>,
    [user_agent, accept_language, dnt]: [Option<&'a HeaderValue>; 3],
    network: Option<IpAddr>,
) -> Visit<'a> {
    let mut visit = cookies.fold(Visit::new(), |visit, header| visit.cookie(header.as_bytes()));
    if let Some(header) = user_agent {
        visit = visit.user_agent(header.as_bytes());
    }
    if let Some(header) = accept_language {
        visit = visit.accept_language(header.as_bytes());
    }
    if let Some(header) = dnt {
        visit = visit.dnt(header.as_bytes());
    }
    match network {
        Some(address) => visit.network(address),
        None => visit,
    }
}
