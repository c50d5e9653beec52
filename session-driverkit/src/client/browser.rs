use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use super::{Connection, Page, Request, Socket};
use crate::{case::Checked, handler::Act};

/// A visitor, who keeps the cookies of the site.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    server: SocketAddr,
    patience: Duration,
    pub(crate) cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) const fn new(server: SocketAddr, patience: Duration) -> Self {
        Self { server, patience, cookies: BTreeMap::new() }
    }

    /// The request with the cookies of this browser.
    pub(crate) fn dressed(&self, request: &Request) -> Request {
        if self.cookies.is_empty() {
            return request.clone();
        }
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request.clone().header("Cookie", pairs.join("; "))
    }

    /// Takes the cookies of a response.
    pub(crate) fn keep(&mut self, page: &Page) {
        for cookie in page.cookies() {
            if cookie.removes() {
                self.cookies.remove(&cookie.name);
            } else {
                self.cookies.insert(cookie.name, cookie.value);
            }
        }
    }

    pub(crate) fn begin(&self, request: &Request) -> Checked<Connection> {
        self.dressed(request).begin(self.server, self.patience)
    }

    pub(crate) fn send(&mut self, request: &Request) -> Checked<Page> {
        let page = self.begin(request)?.page()?;
        self.keep(&page);
        Ok(page)
    }

    /// A GET of `/act`.
    pub(crate) fn act(&mut self, act: &Act) -> Checked<Page> {
        self.send(&Request::act(act))
    }

    /// A POST to `/act`.
    pub(crate) fn post(&mut self, act: &Act) -> Checked<Page> {
        self.send(&Request::act(act).method("POST"))
    }

    /// Who is signed in, and what is under these keys.
    pub(crate) fn who(&mut self) -> Checked<String> {
        Ok(self.act(&Act::new().owner())?.is(200)?.text())
    }

    /// Opens a socket, or returns the refusal.
    pub(crate) fn socket(
        &mut self,
        act: &Act,
        headers: &[(&str, &str)],
    ) -> Checked<Result<(Socket, Page), Page>> {
        let request = Request::new("GET", "/socket").asking(act).headers(headers).upgrade();
        let mut connection = self.begin(&request)?;
        let page = connection.head()?;
        self.keep(&page);
        Ok(if page.status == 101 { Ok((Socket::new(connection), page)) } else { Err(page) })
    }
}
