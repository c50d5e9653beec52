//! To one of the addresses of a server.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use mysql::{Opts, OptsBuilder};
use session_net::{ConnectError, Limit, RaceError, race_blocking, resolve_blocking};
use session_sql::ErrorKind;

use super::{
    Connection,
    wire::{error_kind, shake_hands},
};
use crate::dialect::Handshake;

/// Connects within the limit to whichever address of the server is ready first.
pub(super) fn connect(
    options: &Opts,
    handshake: &Arc<Handshake>,
    limit: Limit,
) -> Result<Connection, ErrorKind> {
    if options.get_socket().is_some() {
        return shake_hands(OptsBuilder::from_opts(options.clone()), handshake).map_err(error_kind);
    }
    let (host, port) = (options.get_ip_or_hostname(), options.get_tcp_port());
    let addresses = resolve_blocking(&host, port, limit).map_err(ConnectError::Resolve)?;
    to_one_of(addresses, options, handshake, limit)
        .map_err(|source| ConnectError::Race { host: host.into_owned(), port, source }.into())
}

fn to_one_of(
    mut addresses: Vec<SocketAddr>,
    options: &Opts,
    handshake: &Arc<Handshake>,
    limit: Limit,
) -> Result<Connection, RaceError<ErrorKind>> {
    let is_verified = options.get_ssl_opts().is_some_and(|tls| !tls.skip_domain_validation());
    let by_name = is_verified && addresses.len() > 1;
    let each = limit.remaining() / u32::try_from(addresses.len()).unwrap_or(1).max(1);
    if by_name {
        addresses.sort_by_key(SocketAddr::is_ipv4);
        addresses.dedup_by_key(|address| address.is_ipv4());
    }
    let shared = (options.clone(), Arc::clone(handshake));
    race_blocking(&addresses, limit, move |address: SocketAddr| {
        let (options, handshake) = &shared;
        let options = OptsBuilder::from_opts(options.clone()).tcp_port(address.port());
        let options = if by_name {
            // The library checks a certificate against what it connects to. So it gets the name, and by the address to bind to
            // the family, whose addresses it tries one after the other.
            options.bind_address(Some(unspecified(address))).tcp_connect_timeout(Some(each))
        } else if is_verified {
            options
        } else {
            options.ip_or_hostname(Some(address.ip().to_string()))
        };
        shake_hands(options, handshake).map_err(error_kind)
    })
}

const fn unspecified(like: SocketAddr) -> SocketAddr {
    match like {
        SocketAddr::V4(_) => SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0),
        SocketAddr::V6(_) => SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), 0),
    }
}

#[cfg(test)]
mod tests {
    use std::{net::TcpListener, time::Duration};

    use session_sql::Limit as Passed;
    use session_testservers::MariaDb;

    use super::{super::wire::logged_in, *};
    use crate::Builder;

    #[test]
    fn an_address_that_says_nothing_does_not_hide_the_next() {
        let (server, mute) = (MariaDb::start().unwrap(), TcpListener::bind("127.0.0.1:0").unwrap());
        let timeout = Duration::from_secs(60);
        let builder = Builder::new(&server.url()).connect_timeout(timeout).response_timeout(timeout);
        let store = builder.options().unwrap();
        let options = logged_in(&super::super::wire::options(&store), &store.credentials).unwrap();
        let handshake = Arc::new(Handshake::new(timeout));
        let limit = Limit::start("connect_timeout", timeout);
        let addresses = vec![mute.local_addr().unwrap(), server.address()];
        let mut connection = to_one_of(addresses, &options, &handshake, limit).unwrap();
        assert!(connection.conn.ping().is_ok());
        assert!(!limit.has_passed());
    }

    #[test]
    fn the_error_names_the_address_and_what_became_of_it() {
        let (mute, limit) = (TcpListener::bind("127.0.0.1:0").unwrap(), Duration::from_millis(100));
        let address = mute.local_addr().unwrap();
        let builder = Builder::new(&format!("mysql://{address}")).response_timeout(limit);
        let store = builder.options().unwrap();
        let options = super::super::wire::options(&store);
        let told = |limit| {
            let handshake = Arc::new(Handshake::new(Duration::from_secs(1)));
            connect(&options, &handshake, Limit::start("connect_timeout", limit)).err().unwrap()
        };
        assert!(
            matches!(told(limit), ErrorKind::Unreached(text, Passed::Response) if text.contains(&address.to_string()))
        );
        drop(mute);
        let refused = told(Duration::from_secs(60));
        assert!(matches!(refused, ErrorKind::Unreachable(text) if text.contains(&address.to_string())));
    }
}
