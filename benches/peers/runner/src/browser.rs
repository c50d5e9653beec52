use std::{
    collections::BTreeMap,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// What every browser says it is.
pub const USER_AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
/// What every browser wants to read.
pub const ACCEPT_LANGUAGE: &str = "en-GB,en;q=0.8,de;q=0.5";

/// A browser: one connection that is kept, and the cookies it was given.
#[derive(Debug)]
pub struct Browser {
    address: SocketAddr,
    connection: Option<BufReader<TcpStream>>,
    cookies: BTreeMap<String, String>,
}

/// What a site answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: String,
    /// Whether a cookie came with it.
    pub sets_cookie: bool,
}

impl Answer {
    /// Whether it went well.
    #[must_use]
    pub const fn is_ok(&self) -> bool {
        self.status == 200
    }
}

impl Browser {
    const PATIENCE: Duration = Duration::from_secs(10);

    /// One without cookies.
    #[must_use]
    pub const fn new(address: SocketAddr) -> Self {
        Self { address, connection: None, cookies: BTreeMap::new() }
    }

    /// Another tab: the cookies as they are now, a connection of its own, maybe to another process.
    #[must_use]
    pub fn tab(&self, address: SocketAddr) -> Self {
        Self { address, connection: None, cookies: self.cookies.clone() }
    }

    /// The value of the header `Cookie`.
    #[must_use]
    pub fn cookies(&self) -> String {
        let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    /// The cookies, to be looked at and tampered with.
    pub const fn jar(&mut self) -> &mut BTreeMap<String, String> {
        &mut self.cookies
    }

    /// Asks for a page.
    ///
    /// # Errors
    /// If there is no answer within ten seconds.
    pub fn get(&mut self, path: &str) -> io::Result<Answer> {
        let answer = self.exchange(path);
        if answer.is_err() {
            self.connection = None;
        }
        answer
    }

    fn exchange(&mut self, path: &str) -> io::Result<Answer> {
        let cookies = match self.cookies() {
            none if none.is_empty() => String::new(),
            some => format!("Cookie: {some}\r\n"),
        };
        let address = self.address;
        let stream = match &mut self.connection {
            Some(stream) => stream,
            none => {
                let stream = TcpStream::connect_timeout(&address, Self::PATIENCE)?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(Self::PATIENCE))?;
                none.insert(BufReader::new(stream))
            }
        };
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nUser-Agent: {USER_AGENT}\r\nAccept-Language: \
             {ACCEPT_LANGUAGE}\r\n{cookies}\r\n"
        );
        stream.get_mut().write_all(head.as_bytes())?;
        let status = line(stream)?.split(' ').nth(1).and_then(|status| status.parse().ok());
        let mut answer = Answer {
            status: status.ok_or(io::ErrorKind::InvalidData)?,
            body: String::new(),
            sets_cookie: false,
        };
        let mut length = 0;
        loop {
            let line = line(stream)?;
            let Some((name, value)) = line.split_once(':') else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse().map_err(io::Error::other)?,
                "set-cookie" => {
                    answer.sets_cookie = true;
                    keep(&mut self.cookies, value.trim());
                }
                _ => {}
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body)?;
        answer.body = String::from_utf8_lossy(&body).into_owned();
        Ok(answer)
    }
}

fn line(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_owned())
}

/// A cookie that is to be removed has no value, or no time left.
fn keep(cookies: &mut BTreeMap<String, String>, line: &str) {
    let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
    let Some((name, value)) = pair.split_once('=') else { return };
    if value.is_empty() || attributes.to_ascii_lowercase().contains("max-age=0") {
        cookies.remove(name);
    } else {
        cookies.insert(name.to_owned(), value.to_owned());
    }
}
