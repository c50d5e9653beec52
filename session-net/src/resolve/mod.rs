//! From a name to its addresses, within a limit.

mod error;
mod lookup;
#[cfg(test)]
mod lookup_tests;
mod lookups;
mod order;
#[cfg(feature = "tokio")]
mod waiting;

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

pub use self::error::ResolveError;
use self::{lookup::Answer, order::interleaved};
use crate::Limit;

/// Returns the addresses of the host, in the order in which they are to be tried: as the system sorts them, IPv6 and IPv4
/// in turn, eight at most. An address as the host needs no lookup.
///
/// A lookup goes on when the limit has passed, and the next call for this host waits for the same one.
///
/// # Errors
/// [`ResolveError`], which names the host.
#[cfg(feature = "tokio")]
pub async fn resolve(host: &str, port: u16, limit: Limit) -> Result<Vec<SocketAddr>, ResolveError> {
    if let Some(address) = literal(host) {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let lookup = lookups::join(host).map_err(|error| not_started(host, error))?;
    let answer = tokio::time::timeout_at(limit.deadline().into(), waiting::Waiting(&lookup)).await.ok();
    addresses(host, port, limit, answer)
}

/// Does the same as [`resolve`](crate::resolve()), and blocks.
///
/// # Errors
/// [`ResolveError`], which names the host.
pub fn resolve_blocking(host: &str, port: u16, limit: Limit) -> Result<Vec<SocketAddr>, ResolveError> {
    if let Some(address) = literal(host) {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let lookup = lookups::join(host).map_err(|error| not_started(host, error))?;
    addresses(host, port, limit, lookup.wait_until(limit.deadline()))
}

fn literal(host: &str) -> Option<IpAddr> {
    let inside = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    inside.unwrap_or(host).parse().ok()
}

fn addresses(
    host: &str,
    port: u16,
    limit: Limit,
    answer: Option<Answer>,
) -> Result<Vec<SocketAddr>, ResolveError> {
    let host = || host.to_owned();
    let answer = answer.ok_or_else(|| ResolveError::Late { host: host(), limit })?;
    let found = answer.map_err(|source| ResolveError::Failed { host: host(), source })?;
    if found.is_empty() {
        return Err(ResolveError::NoAddress { host: host() });
    }
    Ok(interleaved(&found).map(|address| SocketAddr::new(address, port)).collect())
}

fn not_started(host: &str, error: io::Error) -> ResolveError {
    ResolveError::Failed { host: host.to_owned(), source: Arc::new(error) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn at_once() -> Limit {
        Limit::start("connect_timeout", Duration::ZERO)
    }

    #[test]
    fn an_address_needs_no_lookup() {
        for (host, address) in
            [("127.0.0.1", "127.0.0.1:6379"), ("::1", "[::1]:6379"), ("[::1]", "[::1]:6379")]
        {
            let found = resolve_blocking(host, 6379, at_once()).unwrap();
            assert_eq!(found, [address.parse().unwrap()]);
        }
    }

    #[test]
    fn a_name_is_found_and_an_unknown_one_is_named() {
        let limit = || Limit::start("connect_timeout", Duration::from_secs(60));
        let found = resolve_blocking("localhost", 6379, limit()).unwrap();
        assert!(
            found.iter().all(|address| address.ip().is_loopback() && address.port() == 6379),
            "{found:?}"
        );
        let error = resolve_blocking("no such host.invalid", 6379, limit()).unwrap_err();
        assert!(!error.is_timeout());
        assert!(error.to_string().contains("`no such host.invalid`"), "{error}");
    }

    #[test]
    fn a_late_lookup_is_an_error_that_names_the_limit() {
        let error = addresses("db.example", 1, at_once(), None).unwrap_err();
        assert!(error.is_timeout());
        assert_eq!(
            error.to_string(),
            "the name `db.example` was not resolved within `connect_timeout` of 0ns"
        );
    }
}
