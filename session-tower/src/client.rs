use std::net::IpAddr;

use http::{
    HeaderName, HeaderValue,
    header::{ACCEPT_LANGUAGE, COOKIE, DNT, USER_AGENT},
};
use session_core::Visit;

use crate::{RequestHead, circumstances::Circumstances, slot::Slot};

/// The parts of a request that are needed to open its session. Header values are shared, not copied.
#[derive(Clone)]
pub(crate) struct Client {
    cookies: Vec<HeaderValue>,
    user_agent: Option<HeaderValue>,
    accept_language: Option<HeaderValue>,
    dnt: Option<HeaderValue>,
    network: Option<IpAddr>,
    circumstances: Circumstances,
}

impl Client {
    pub(crate) fn new(head: RequestHead<'_>, slot: &Slot) -> Self {
        let headers = head.headers;
        let one = |name: HeaderName| headers.get(name).cloned();
        Self {
            cookies: headers.get_all(COOKIE).iter().cloned().collect(),
            user_agent: one(USER_AGENT),
            accept_language: one(ACCEPT_LANGUAGE),
            dnt: one(DNT),
            network: slot.options().network(head),
            circumstances: Circumstances::of(head, slot),
        }
    }

    pub(crate) const fn circumstances(&self) -> Circumstances {
        self.circumstances
    }

    pub(crate) fn visit(&self) -> Visit<'_> {
        let visit = assemble(
            self.cookies.iter(),
            [&self.user_agent, &self.accept_language, &self.dnt].map(Option::as_ref),
            self.network,
        );
        self.circumstances.add_to(visit)
    }
}

/// Returns the [`Visit`] of a request whose session is opened at once.
pub(crate) fn visit<'a>(head: RequestHead<'a>, slot: &Slot, circumstances: Circumstances) -> Visit<'a> {
    let (headers, network) = (head.headers, slot.options().network(head));
    let visit = assemble(
        headers.get_all(COOKIE).iter(),
        [USER_AGENT, ACCEPT_LANGUAGE, DNT].map(|name| headers.get(name)),
        network,
    );
    circumstances.add_to(visit)
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
