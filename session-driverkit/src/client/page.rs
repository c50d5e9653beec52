use crate::case::{Checked, Seen};

/// A response.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    /// The request, as it is called in reports.
    name: String,
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// A `Set-Cookie` header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cookie {
    pub(crate) name: String,
    pub(crate) value: String,
    /// In lower case, in their order.
    pub(crate) attributes: Vec<String>,
}

impl Cookie {
    fn of(header: &str) -> Self {
        let mut parts = header.split(';').map(str::trim);
        let (name, value) = parts.next().and_then(|pair| pair.split_once('=')).unwrap_or_default();
        let attributes = parts.map(str::to_ascii_lowercase).collect();
        Self { name: name.to_owned(), value: value.to_owned(), attributes }
    }

    /// Whether it takes the cookie out of the browser.
    pub(crate) fn removes(&self) -> bool {
        self.value.is_empty() || self.attributes.iter().any(|attribute| attribute == "max-age=0")
    }
}

impl Page {
    pub(super) fn of_head(name: &str, head: &[u8]) -> Option<Self> {
        let head = String::from_utf8_lossy(head);
        let mut lines = head.lines();
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let pairs = lines.filter_map(|line| line.split_once(':'));
        let headers = pairs.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()));
        Some(Self { name: name.to_owned(), status, headers: headers.collect(), body: Vec::new() })
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// All values of the header, as one.
    pub(crate) fn header(&self, name: &str) -> String {
        self.all(name).join(", ")
    }

    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    }

    /// Whether the header has this element, such as `no-store` in `Cache-Control`.
    pub(crate) fn says(&self, name: &str, element: &str) -> bool {
        self.all(name)
            .iter()
            .flat_map(|line| line.split(','))
            .any(|other| other.trim().eq_ignore_ascii_case(element))
    }

    pub(crate) fn cookies(&self) -> Vec<Cookie> {
        self.all("set-cookie").into_iter().map(Cookie::of).collect()
    }

    /// The headers that set or remove the cookie of this name.
    pub(crate) fn cookies_of(&self, name: &str) -> Vec<Cookie> {
        self.cookies().into_iter().filter(|cookie| cookie.name == name).collect()
    }

    /// The whole of it as text, to look for what must not be in it.
    pub(crate) fn whole(&self) -> String {
        let headers = self.headers.iter().map(|(name, value)| format!("{name}: {value}\n"));
        headers.collect::<String>() + &self.text()
    }

    /// The end of a case that saw this.
    pub(crate) fn seen(&self, what: impl AsRef<str>) -> Seen {
        Seen::new(format!("{}: {}", self.name, what.as_ref()))
    }

    pub(crate) fn check(self, is_so: bool, what: impl AsRef<str>) -> Checked<Self> {
        if is_so { Ok(self) } else { Err(self.seen(what)) }
    }

    pub(crate) fn is(self, status: u16) -> Checked<Self> {
        if self.status == status {
            return Ok(self);
        }
        let body: String = self.text().chars().take(160).collect();
        Err(self.seen(format!("it is answered {} and not {status}: {body}", self.status)))
    }

    /// It is answered 200 with this text.
    pub(crate) fn answers(self, text: &str) -> Checked<Self> {
        let page = self.is(200)?;
        let seen = page.text();
        let seen: String = seen.chars().take(160).collect();
        let is_so = page.body == text.as_bytes();
        page.check(is_so, format!("it says {seen:?} and not {text:?}"))
    }

    /// The session's cookie is neither set nor removed.
    pub(crate) fn sets_no_cookie(self, name: &str) -> Checked<Self> {
        let number = self.cookies_of(name).len();
        self.check(number == 0, format!("it has {number} `Set-Cookie` for the session, and must have none"))
    }

    /// The session's cookie is set once, and not removed. Returns it.
    pub(crate) fn cookie(&self, name: &str) -> Checked<Cookie> {
        match self.cookies_of(name).as_slice() {
            [cookie] if !cookie.removes() => Ok(cookie.clone()),
            [_] => Err(self.seen("it removes the session's cookie, and must set it")),
            cookies => Err(self
                .seen(format!("it has {} `Set-Cookie` for the session, and must have one", cookies.len()))),
        }
    }

    /// The session's cookie is removed, once.
    pub(crate) fn removal(&self, name: &str) -> Checked<Cookie> {
        match self.cookies_of(name).as_slice() {
            [cookie] if cookie.removes() => Ok(cookie.clone()),
            [_] => Err(self.seen("it sets the session's cookie, and must remove it")),
            cookies => Err(self.seen(format!(
                "it has {} `Set-Cookie` for the session, and must have the one that removes it",
                cookies.len()
            ))),
        }
    }
}
