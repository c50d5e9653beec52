use std::net::SocketAddr;

use session_testservers::jar::{Cookie, Jar, Place, Trip};

use super::{Page, Raw, Socket, Time};

/// The headers that a browser sends with every request.
pub(crate) type Headers = &'static [(&'static str, &'static str)];

pub(crate) const IPHONE: Headers = &[
    (
        "User-Agent",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 \
         Mobile/15E148 Safari/604.1",
    ),
    ("Accept-Language", "en-GB,en;q=0.9"),
];

pub(crate) const ANDROID: Headers = &[
    (
        "User-Agent",
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile \
         Safari/537.36",
    ),
    ("Accept-Language", "en-GB,en;q=0.9"),
];

pub(crate) const WINDOWS: Headers = &[
    (
        "User-Agent",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 \
         Safari/537.36",
    ),
    ("Accept-Language", "en-GB,en;q=0.9"),
];

/// A browser: its cookies, its headers, and the site that it looks at.
#[derive(Clone)]
pub(crate) struct Browser {
    pub(crate) server: SocketAddr,
    pub(crate) time: Time,
    pub(crate) home: Place,
    pub(crate) jar: Jar,
    pub(crate) headers: Headers,
}

impl Browser {
    pub(crate) fn new(server: SocketAddr, time: &Time, home: &str) -> Self {
        Self { server, time: time.clone(), home: Place::parse(home), jar: Jar::new(), headers: IPHONE }
    }

    pub(crate) async fn get(&mut self, target: &str) -> Page {
        self.send(Raw::get(target), &Trip::to(&self.home.at(target))).await
    }

    pub(crate) async fn head(&mut self, target: &str) -> Page {
        self.send(Raw::new("HEAD", target), &Trip::to(&self.home.at(target)).method("HEAD")).await
    }

    /// Posts a form of this site.
    pub(crate) async fn post(&mut self, target: &str, form: &str) -> Page {
        let trip = Trip::to(&self.home.at(target)).from(&self.home).method("POST");
        self.send(Raw::new("POST", target).form(form), &trip).await
    }

    /// Posts a form of this site with its token.
    pub(crate) async fn post_form(&mut self, target: &str) -> Page {
        let token = self.get("/form").await.body;
        self.post(target, &format!("_csrf={token}")).await
    }

    pub(crate) async fn send(&mut self, request: Raw, trip: &Trip) -> Page {
        let page = self.dress(request, trip).send(self.server).await;
        self.keep(&page, trip);
        page
    }

    /// Opens a websocket from a page of this site.
    pub(crate) async fn socket(&mut self, target: &str) -> Socket {
        let trip = Trip::to(&self.home.at(target)).from(&self.home).inside(&self.home);
        let request = self.dress(Raw::get(target), &trip).header("Origin", &self.home.origin());
        let (socket, page) = Socket::open(self.server, &request).await;
        self.keep(&page, &trip);
        socket.unwrap()
    }

    /// The request with the headers and cookies that the browser adds.
    pub(crate) fn dress(&self, request: Raw, trip: &Trip) -> Raw {
        let mut request = request.host(&self.home.authority()).headers(self.headers);
        for (name, value) in trip.headers() {
            request = request.header(name, &value);
        }
        match self.jar.header(trip, self.time.now()) {
            Some(cookies) => request.header("Cookie", &cookies),
            None => request,
        }
    }

    /// Obeys the cookies of a response.
    pub(crate) fn keep(&mut self, page: &Page, trip: &Trip) {
        for header in page.set_cookies() {
            self.jar.keep(header, trip, self.time.now());
        }
    }

    /// `name=value` of every cookie that goes to the site.
    pub(crate) fn cookie(&self) -> String {
        self.jar.header(&Trip::to(&self.home), self.time.now()).unwrap_or_default()
    }

    pub(crate) fn cookies(&self) -> Vec<&Cookie> {
        self.jar.cookies(self.time.now()).collect()
    }

    /// Who the site says this is.
    pub(crate) async fn who(&mut self) -> String {
        self.get("/who").await.body
    }
}
