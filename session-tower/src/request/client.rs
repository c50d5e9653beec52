use std::net::IpAddr;

use http::{HeaderValue, header::COOKIE};
use session_core::Visit;

use super::{Circumstances, RequestHead, headers::Headers};
use crate::slot::Slot;

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
        let headers = Headers::of(head);
        slot.options().hints.plain_http(head, &headers, slot.cookie());
        Self {
            cookies: head.headers.get_all(COOKIE).iter().cloned().collect(),
            user_agent: headers.user_agent.cloned(),
            accept_language: headers.accept_language.cloned(),
            dnt: headers.dnt.cloned(),
            network: slot.options().network(head),
            circumstances: Circumstances::of(head.method, &headers, slot),
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

/// Returns the [`Visit`] of a request whose session is opened at once, and its circumstances.
pub(crate) fn visit<'a>(head: RequestHead<'a>, slot: &Slot) -> (Visit<'a>, Circumstances) {
    let headers = Headers::of(head);
    slot.options().hints.plain_http(head, &headers, slot.cookie());
    let circumstances = Circumstances::of(head.method, &headers, slot);
    let visit = assemble(
        head.headers.get_all(COOKIE).iter(),
        [headers.user_agent, headers.accept_language, headers.dnt],
        slot.options().network(head),
    );
    (circumstances.add_to(visit), circumstances)
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
