use std::{fmt, net::IpAddr};

use session_core::Visit;

use super::{
    Circumstances, Head,
    headers::{IdHeader, assemble},
};
use crate::RequestSession;

/// What is kept of a request whose session is loaded later, when the request may be gone: the headers that loading needs.
///
/// The values of the headers are cloned, which costs no copy where they are shared, as in the crate `http`.
#[derive(Clone)]
pub struct Client<V> {
    cookies: Vec<V>,
    id: IdHeader<V>,
    /// `User-Agent`, `Accept-Language` and `DNT`.
    properties: [Option<V>; 3],
    network: Option<IpAddr>,
    circumstances: Circumstances,
}

impl<V: AsRef<[u8]> + Clone> Client<V> {
    /// Keeps what the session of this request needs. `network` is the address of the client, from a source that the application
    /// trusts, for a fingerprint with [`Network`](session_core::config::FingerprintProperty::Network).
    #[must_use]
    pub fn new(head: &impl Head<Value = V>, session: &RequestSession, network: Option<IpAddr>) -> Self {
        let headers = session.headers(head);
        Self {
            cookies: headers.cookies().cloned().collect(),
            id: headers.id.cloned(),
            properties: [headers.user_agent, headers.accept_language, headers.dnt].map(Option::<&V>::cloned),
            network,
            circumstances: Circumstances::of(head.method(), &headers, session),
        }
    }

    /// Whether the request carries its id in a header and has no cookie.
    pub(crate) const fn is_by_header(&self) -> bool {
        self.id.is_there()
    }

    pub(crate) const fn circumstances(&self) -> Circumstances {
        self.circumstances
    }

    pub(crate) fn visit(&self) -> Visit<'_> {
        let properties = self.properties.each_ref().map(Option::as_ref);
        self.circumstances.add_to(assemble(self.cookies.iter(), self.id.as_ref(), properties, self.network))
    }
}

impl<V> fmt::Debug for Client<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("cookies", &self.cookies.len()).finish_non_exhaustive()
    }
}
