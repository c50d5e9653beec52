use std::{fmt::Write as _, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use super::OddStore;

/// Long, because a busy machine is normal.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A request, byte for byte: nothing is added but `Host`, `Content-Length` and `Connection`.
#[derive(Debug, Clone)]
#[must_use]
pub(crate) struct Raw {
    method: String,
    target: String,
    host: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
    connection: &'static str,
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// A request that is under way.
pub(crate) struct Pending(pub(crate) TcpStream);

impl Raw {
    pub(crate) fn new(method: &str, target: &str) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            host: "shop.test".to_owned(),
            headers: Vec::new(),
            body: None,
            connection: "close",
        }
    }

    pub(crate) fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    pub(crate) fn host(mut self, host: &str) -> Self {
        host.clone_into(&mut self.host);
        self
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn headers(self, headers: &[(&str, &str)]) -> Self {
        headers.iter().fold(self, |request, (name, value)| request.header(name, value))
    }

    /// Leaves out every header with this value.
    pub(crate) fn without(mut self, value: &str) -> Self {
        self.headers.retain(|(_, other)| other != value);
        self
    }

    pub(crate) fn body(mut self, content_type: &str, body: &str) -> Self {
        self.body = Some(body.to_owned());
        self.header("Content-Type", content_type)
    }

    pub(crate) fn form(self, form: &str) -> Self {
        self.body("application/x-www-form-urlencoded", form)
    }

    /// Asks for a websocket.
    pub(crate) fn upgrade(mut self) -> Self {
        self.connection = "Upgrade";
        let key = "dGhlIHNhbXBsZSBub25jZQ==";
        self.headers(&[("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", key)])
    }

    /// Sends it and does not wait.
    pub(crate) async fn begin(&self, server: SocketAddr) -> Pending {
        let mut head = format!("{} {} HTTP/1.1\r\nHost: {}\r\n", self.method, self.target, self.host);
        for (name, value) in &self.headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        if let Some(body) = &self.body {
            write!(head, "Content-Length: {}\r\n", body.len()).unwrap();
        }
        write!(head, "Connection: {}\r\n\r\n{}", self.connection, self.body.as_deref().unwrap_or_default())
            .unwrap();
        let mut stream = TcpStream::connect(server).await.unwrap();
        // A server that refuses the body may close before all of it is sent.
        let _ = stream.write_all(head.as_bytes()).await;
        Pending(stream)
    }

    pub(crate) async fn send(&self, server: SocketAddr) -> Page {
        self.begin(server).await.page().await
    }
}

impl Pending {
    /// Reads the head, and the body until the server closes.
    pub(crate) async fn page(mut self) -> Page {
        let read = async {
            let mut page = self.head().await;
            let mut body = Vec::new();
            self.0.read_to_end(&mut body).await.unwrap();
            page.body = String::from_utf8_lossy(&body).into_owned();
            page
        };
        timeout(PATIENCE, read).await.unwrap()
    }

    pub(crate) async fn head(&mut self) -> Page {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.0.read_u8().await.unwrap());
        }
        let head = String::from_utf8(head).unwrap();
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap().parse().unwrap();
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        Page { status, headers, body: String::new() }
    }

    /// Goes away when a call of the store hangs. Returns false if the request was answered instead.
    pub(crate) async fn hangs(mut self, store: &OddStore) -> bool {
        tokio::select! {
            () = store.hung() => {
                self.reset();
                true
            }
            _ = self.head() => false,
        }
    }

    /// Goes away at once, as a browser that is killed: the server's kernel gets a reset.
    pub(crate) fn reset(self) {
        self.0.set_zero_linger().unwrap();
        drop(self.0);
    }
}

impl Page {
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    }

    pub(crate) fn set_cookies(&self) -> Vec<&str> {
        self.all("set-cookie")
    }

    /// The headers that set or remove the session's cookie.
    pub(crate) fn session_cookies(&self) -> Vec<&str> {
        self.set_cookies().into_iter().filter(|header| header.starts_with("AloSession=")).collect()
    }
}
