use std::{net::SocketAddr, time::Duration};

use super::{Connection, Page};
use crate::{case::Checked, handler::Act};

/// The host that every request names.
pub(crate) const HOST: &str = "shop.test";

/// A request, byte for byte: nothing is added but `Host`, `Content-Length` and `Connection`.
#[derive(Debug, Clone)]
#[must_use]
pub(crate) struct Request {
    method: &'static str,
    target: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Option<Vec<u8>>,
    /// The size of the pieces in which the body is sent, if its length is not said before.
    piece: Option<usize>,
    connection: &'static str,
}

impl Request {
    pub(crate) fn new(method: &'static str, path: &str) -> Self {
        Self {
            method,
            target: path.to_owned(),
            headers: Vec::new(),
            body: None,
            piece: None,
            connection: "close",
        }
    }

    /// A GET of `/act`.
    pub(crate) fn act(act: &Act) -> Self {
        Self::new("GET", "/act").asking(act)
    }

    /// A POST to `/guarded`, behind the protection against other sites.
    pub(crate) fn guarded(act: &Act) -> Self {
        Self::new("POST", "/guarded").asking(act)
    }

    pub(crate) fn asking(mut self, act: &Act) -> Self {
        let path = self.target.split('?').next().unwrap_or_default();
        self.target = format!("{path}?{}", act.query());
        self
    }

    pub(crate) const fn method(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    pub(crate) fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    pub(crate) fn headers(self, headers: &[(&str, &str)]) -> Self {
        headers.iter().fold(self, |request, (name, value)| request.header(name, value))
    }

    pub(crate) fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self.header("Content-Type", content_type)
    }

    pub(crate) fn form(self, form: &str) -> Self {
        self.body("application/x-www-form-urlencoded", form)
    }

    /// Sends the body in pieces of this size, and does not say its length before.
    pub(crate) const fn in_pieces(mut self, size: usize) -> Self {
        self.piece = Some(size);
        self
    }

    /// Asks for a websocket.
    pub(super) fn upgrade(mut self) -> Self {
        self.connection = "Upgrade";
        let key = "dGhlIHNhbXBsZSBub25jZQ==";
        self.headers(&[("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", key)])
    }

    /// Leaves the connection open for the next request.
    pub(crate) const fn keeping_alive(mut self) -> Self {
        self.connection = "keep-alive";
        self
    }

    /// What it is called in reports.
    pub(crate) fn name(&self) -> String {
        let target = String::from_utf8_lossy(self.target.as_bytes());
        match target.char_indices().nth(120) {
            Some((end, _)) => format!("{} {}…", self.method, target.get(..end).unwrap_or_default()),
            None => format!("{} {target}", self.method),
        }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\nHost: {HOST}\r\n", self.method, self.target).into_bytes();
        for (name, value) in &self.headers {
            head.extend_from_slice(name.as_bytes());
            head.extend_from_slice(b": ");
            head.extend_from_slice(value);
            head.extend_from_slice(b"\r\n");
        }
        let body = self.body.as_deref().unwrap_or_default();
        let length = match (self.piece, &self.body) {
            (Some(_), _) => "Transfer-Encoding: chunked\r\n".to_owned(),
            (None, Some(body)) => format!("Content-Length: {}\r\n", body.len()),
            (None, None) => String::new(),
        };
        head.extend_from_slice(format!("{length}Connection: {}\r\n\r\n", self.connection).as_bytes());
        match self.piece {
            Some(size) => head.extend(body.chunks(size).chain([[].as_slice()]).flat_map(chunk)),
            None => head.extend_from_slice(body),
        }
        head
    }

    /// Sends it and does not wait.
    pub(crate) fn begin(&self, server: SocketAddr, patience: Duration) -> Checked<Connection> {
        Connection::open(server, self.name(), &self.bytes(), self.method == "HEAD", patience)
    }

    pub(crate) fn send(&self, server: SocketAddr, patience: Duration) -> Checked<Page> {
        self.begin(server, patience)?.page()
    }
}

/// A piece of a body. An empty one is its end.
fn chunk(piece: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat()
}
