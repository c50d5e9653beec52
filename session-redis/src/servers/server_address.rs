use std::{fmt, path::PathBuf};

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum ServerAddress {
    Tcp { host: String, port: u16 },
    Socket(PathBuf),
}

impl ServerAddress {
    /// Reads `host`, `host:port`, `[v6]` or `[v6]:port`.
    pub(crate) fn parse(text: &str, default_port: u16) -> Option<Self> {
        let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, "")) => (host, None),
            Some((host, rest)) => (host, Some(rest.strip_prefix(':')?)),
            None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
        };
        let port = port.map_or(Some(default_port), |port| port.parse().ok())?;
        (!host.is_empty() && port != 0).then(|| Self::Tcp { host: host.to_owned(), port })
    }

    /// Reads the `host:port` of a redirection. The host may be an IPv6 address without brackets, or be missing, which means
    /// that of the server `from` which the redirection comes.
    pub(crate) fn redirected(text: &str, from: &Self) -> Option<Self> {
        let (host, port) = text.rsplit_once(':')?;
        from.named(host, port.parse().ok()?)
    }

    /// The address of a server as this one names it. An empty host or `?` means this server's own.
    pub(crate) fn named(&self, host: &str, port: u16) -> Option<Self> {
        let host = match (host, self) {
            ("" | "?", Self::Tcp { host, .. }) => host.clone(),
            ("" | "?", Self::Socket(_)) => return None,
            (host, _) => host.to_owned(),
        };
        (port != 0).then_some(Self::Tcp { host, port })
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { host, port } => write!(f, "{host}:{port}"),
            Self::Socket(path) => path.display().fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tcp(host: &str, port: u16) -> Option<ServerAddress> {
        Some(ServerAddress::Tcp { host: host.to_owned(), port })
    }

    #[test]
    fn hosts_have_a_port_or_get_the_usual_one() {
        assert_eq!(ServerAddress::parse("redis", 6379), tcp("redis", 6379));
        assert_eq!(ServerAddress::parse("127.0.0.1:7000", 6379), tcp("127.0.0.1", 7000));
        assert_eq!(ServerAddress::parse("[::1]", 6379), tcp("::1", 6379));
        assert_eq!(ServerAddress::parse("[::1]:7000", 6379), tcp("::1", 7000));
        for wrong in ["", ":7000", "a:", "a:0", "a:b", "a:65536", "[::1", "[::1]7000", "::1", "[]:1"] {
            assert_eq!(ServerAddress::parse(wrong, 6379), None, "{wrong}");
        }
    }

    #[test]
    fn a_redirection_may_leave_out_the_host() {
        let from = tcp("here", 1).unwrap();
        assert_eq!(ServerAddress::redirected("there:2", &from), tcp("there", 2));
        assert_eq!(ServerAddress::redirected(":2", &from), tcp("here", 2));
        assert_eq!(ServerAddress::redirected("::1:2", &from), tcp("::1", 2));
        assert_eq!(ServerAddress::redirected("nonsense", &from), None);
        assert_eq!(ServerAddress::redirected(":2", &ServerAddress::Socket("/run/redis".into())), None);
    }
}
