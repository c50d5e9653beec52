/// A URL, as far as cookies care: scheme, host, port and path.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// `http`, `https`, `ws` or `wss`.
    pub scheme: String,
    /// The host in lower case, without a port.
    pub host: String,
    /// The port, if the URL names one.
    pub port: Option<u16>,
    /// The path without its query.
    pub path: String,
}

impl Place {
    /// Reads `scheme://host[:port][/path][?query]`. What is missing stays empty: a test writes good URLs.
    #[must_use]
    pub fn parse(url: &str) -> Self {
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
        let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (host, port.parse().ok()),
            _ => (authority, None),
        };
        let path = path.split(['?', '#']).next().unwrap_or("/");
        Self {
            scheme: scheme.to_ascii_lowercase(),
            host: host.to_ascii_lowercase(),
            port,
            path: path.to_owned(),
        }
    }

    /// Returns another path of the same origin.
    #[must_use]
    pub fn at(&self, path: &str) -> Self {
        let path = path.split(['?', '#']).next().unwrap_or("/");
        Self { path: path.to_owned(), ..self.clone() }
    }

    /// Returns the value of `Host`.
    #[must_use]
    pub fn authority(&self) -> String {
        self.port.map_or_else(|| self.host.clone(), |port| format!("{}:{port}", self.host))
    }

    /// Returns the value of `Origin`.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme, self.authority())
    }

    /// Returns the site: the scheme and the registrable domain. Without a list of public suffixes this is the last two
    /// labels of a name.
    #[must_use]
    pub fn site(&self) -> String {
        let scheme = if self.is_encrypted() { "https" } else { "http" };
        if self.is_address() {
            return format!("{scheme}://{}", self.host);
        }
        let mut labels: Vec<_> = self.host.rsplit('.').take(2).collect();
        labels.reverse();
        format!("{scheme}://{}", labels.join("."))
    }

    /// Returns whether a browser keeps `Secure` cookies of this place: over TLS, and from loopback names.
    #[must_use]
    pub fn is_trustworthy(&self) -> bool {
        self.is_encrypted()
            || self.host == "localhost"
            || self.host.ends_with(".localhost")
            || self.host == "[::1]"
            || (self.is_address() && self.host.starts_with("127."))
    }

    /// Returns whether the host is an IP address, which no `Domain` matches but itself.
    #[must_use]
    pub fn is_address(&self) -> bool {
        self.host.starts_with('[') || self.host.parse::<std::net::Ipv4Addr>().is_ok()
    }

    fn is_encrypted(&self) -> bool {
        self.scheme == "https" || self.scheme == "wss"
    }
}
