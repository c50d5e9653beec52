use std::{
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use super::{Page, Request};
use crate::case::{Checked, Seen};

/// A request that is under way.
pub(crate) struct Connection {
    stream: TcpStream,
    /// What it is called in reports.
    name: String,
    /// What was read and not used.
    read: Vec<u8>,
    is_head: bool,
    patience: Duration,
}

impl Connection {
    pub(super) fn open(
        server: SocketAddr,
        name: String,
        request: &[u8],
        is_head: bool,
        patience: Duration,
    ) -> Checked<Self> {
        let lost = |error: io::Error| Seen::new(format!("{name}: the server takes no connection: {error}"));
        let mut stream = TcpStream::connect_timeout(&server, patience).map_err(lost)?;
        stream.set_read_timeout(Some(patience)).map_err(lost)?;
        stream.set_write_timeout(Some(patience)).map_err(lost)?;
        stream.set_nodelay(true).map_err(lost)?;
        // A server that refuses the body may close before all of it is sent.
        let _ = stream.write_all(request);
        Ok(Self { stream, name, read: Vec::new(), is_head, patience })
    }

    /// Reads some more. Returns false at the end.
    fn more(&mut self) -> Checked<bool> {
        let mut piece = [0; 8192];
        match self.stream.read(&mut piece) {
            Ok(0) => Ok(false),
            Ok(read) => {
                self.read.extend_from_slice(piece.get(..read).unwrap_or_default());
                Ok(true)
            }
            Err(error) if is_late(&error) => Err(self.seen("there was no answer in time")),
            // A server may reset a connection whose request it has not read to its end.
            Err(_) => Ok(false),
        }
    }

    fn seen(&self, what: &str) -> Seen {
        Seen::new(format!("{}: {what}", self.name))
    }

    /// Whether nothing comes for so long.
    pub(crate) fn is_silent(&mut self, wait: Duration) -> Checked<bool> {
        let lost = |_| Seen::new("the socket is lost".to_owned());
        self.stream.set_read_timeout(Some(wait)).map_err(lost)?;
        let mut piece = [0];
        let peeked = self.stream.peek(&mut piece);
        self.stream.set_read_timeout(Some(self.patience)).map_err(lost)?;
        Ok(peeked.is_err_and(|error| is_late(&error)))
    }

    /// Reads the head.
    pub(crate) fn head(&mut self) -> Checked<Page> {
        match self.try_head()? {
            Some(page) => Ok(page),
            None => Err(self.seen("the server closed the connection without an answer")),
        }
    }

    /// Reads the head. `None` if the server closes without one.
    fn try_head(&mut self) -> Checked<Option<Page>> {
        loop {
            if let Some(end) = self.read.windows(4).position(|part| part == b"\r\n\r\n") {
                let rest = self.read.split_off(end + 4);
                let head = std::mem::replace(&mut self.read, rest);
                let page = Page::of_head(&self.name, &head);
                match page {
                    // What comes before the response.
                    Some(page) if page.status == 100 => {}
                    Some(page) => return Ok(Some(page)),
                    None => return Err(self.seen("the head of the response cannot be read")),
                }
            } else if !self.more()? {
                return Ok(None);
            }
        }
    }

    /// Reads the head and the body.
    pub(crate) fn page(mut self) -> Checked<Page> {
        let page = self.head()?;
        self.body(page)
    }

    /// Sends one more request.
    pub(crate) fn ask(&mut self, request: &Request) -> Checked {
        self.name = request.name();
        self.write(&request.bytes())
    }

    /// Reads the head and the body, and leaves the connection open.
    pub(crate) fn next_page(&mut self) -> Checked<Page> {
        let page = self.head()?;
        self.read_body(page)
    }

    /// Reads the head and the body. `None` if the server closes without an answer, as after a panic.
    pub(crate) fn page_or_end(mut self) -> Checked<Option<Page>> {
        match self.try_head()? {
            Some(page) => self.body(page).map(Some),
            None => Ok(None),
        }
    }

    /// Reads the body of this head.
    pub(crate) fn body(mut self, page: Page) -> Checked<Page> {
        self.read_body(page)
    }

    fn read_body(&mut self, mut page: Page) -> Checked<Page> {
        if self.is_head {
            return Ok(page);
        }
        if page.header("transfer-encoding").contains("chunked") {
            page.body = self.chunks()?;
            return Ok(page);
        }
        let length = page.header("content-length").parse().unwrap_or(usize::MAX);
        while self.read.len() < length && self.more()? {}
        let rest = self.read.split_off(length.min(self.read.len()));
        page.body = std::mem::replace(&mut self.read, rest);
        Ok(page)
    }

    fn chunks(&mut self) -> Checked<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let Some(line) = self.line()? else { return Ok(body) };
            let Ok(length) = usize::from_str_radix(line.split(';').next().unwrap_or_default().trim(), 16)
            else {
                return Err(self.seen("a piece of the body has no length"));
            };
            if length == 0 {
                // The empty line behind it.
                self.line()?;
                return Ok(body);
            }
            while self.read.len() < length + 2 {
                if !self.more()? {
                    return Ok(body);
                }
            }
            let rest = self.read.split_off(length + 2);
            let piece = std::mem::replace(&mut self.read, rest);
            body.extend_from_slice(piece.get(..length).unwrap_or_default());
        }
    }

    fn line(&mut self) -> Checked<Option<String>> {
        loop {
            if let Some(end) = self.read.windows(2).position(|part| part == b"\r\n") {
                let rest = self.read.split_off(end + 2);
                let line = std::mem::replace(&mut self.read, rest);
                return Ok(Some(String::from_utf8_lossy(line.get(..end).unwrap_or_default()).into_owned()));
            }
            if !self.more()? {
                return Ok(None);
            }
        }
    }

    /// Reads so many bytes.
    pub(super) fn exactly(&mut self, number: usize) -> Checked<Vec<u8>> {
        while self.read.len() < number {
            if !self.more()? {
                return Err(self.seen("the server closed the socket"));
            }
        }
        let rest = self.read.split_off(number);
        Ok(std::mem::replace(&mut self.read, rest))
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Checked {
        self.stream.write_all(bytes).map_err(|_| self.seen("the server closed the socket"))
    }

    /// Goes away at once, as a browser whose tab is closed.
    pub(crate) fn hang_up(self) {
        let _ = self.stream.shutdown(std::net::Shutdown::Both);
    }
}

fn is_late(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}
