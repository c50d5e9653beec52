use crate::{
    Head,
    request::{first, is_safe},
};

/// What a request can do, as far as its head tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RequestKind {
    /// It must not change anything (RFC 9110, section 9.2.1).
    Safe,
    /// It opens a websocket: a GET with `Upgrade` over HTTP/1.1 (RFC 6455), a CONNECT over HTTP/2 and 3 (RFC 8441, RFC 9220).
    /// A page cannot give it a header, but it carries the cookies.
    Handshake,
    /// It may change something.
    Changing,
}

impl RequestKind {
    pub(super) fn of(head: &impl Head) -> Self {
        match head.method() {
            // Of a browser, only a socket sends it: scripts and forms must not (Fetch, section 2.2.1).
            "CONNECT" => Self::Handshake,
            "GET" if first(head, "upgrade").is_some() => Self::Handshake,
            method if is_safe(method) => Self::Safe,
            _ => Self::Changing,
        }
    }
}

#[cfg(test)]
mod tests {
    use http::{Method, Request};

    use super::*;
    use crate::RequestHead;

    #[test]
    fn each_method_has_its_kind() {
        for (method, plain, upgraded) in [
            (Method::GET, RequestKind::Safe, RequestKind::Handshake),
            (Method::HEAD, RequestKind::Safe, RequestKind::Safe),
            (Method::CONNECT, RequestKind::Handshake, RequestKind::Handshake),
            (Method::POST, RequestKind::Changing, RequestKind::Changing),
            ("get".parse().unwrap(), RequestKind::Changing, RequestKind::Changing),
        ] {
            let request = Request::builder().method(&method).body(()).unwrap();
            assert_eq!(RequestKind::of(&RequestHead::from(&request)), plain, "{method}");
            let request = Request::builder().method(&method).header("upgrade", "WebSocket").body(()).unwrap();
            assert_eq!(RequestKind::of(&RequestHead::from(&request)), upgraded, "{method}");
        }
    }
}
