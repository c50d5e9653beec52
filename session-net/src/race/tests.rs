use std::{
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
    time::{Duration, Instant},
};

use super::{race_blocking, stagger};
use crate::{Limit, bounds::MAX_STAGGER, connect_blocking};

/// Long enough for every machine; the tests that wait for it to pass have their own.
fn limit() -> Limit {
    Limit::start("connect_timeout", Duration::from_secs(60))
}

/// A server that accepts and greets, or accepts and says nothing.
fn server(greets: bool) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let mut open = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            if greets {
                stream.write_all(b"!").unwrap();
            }
            open.push(stream);
        }
    });
    address
}

/// An address at which nobody listens.
fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// A complete connection: the server has greeted.
fn greeted(address: SocketAddr, limit: Limit) -> io::Result<TcpStream> {
    let mut stream = connect_blocking(address, limit)?;
    stream.set_read_timeout(Some(limit.timeout()))?;
    stream.read_exact(&mut [0])?;
    Ok(stream)
}

#[test]
fn every_address_has_its_turn_within_the_limit() {
    for (limit, count) in [(200, 2), (200, 8), (5000, 3)] {
        let limit = Duration::from_millis(limit);
        let stagger = stagger(Limit::start("connect_timeout", limit), count);
        assert!(stagger <= MAX_STAGGER && stagger * u32::try_from(count).unwrap() < limit, "{stagger:?}");
    }
    assert!(stagger(Limit::start("connect_timeout", Duration::from_secs(5)), 3) == MAX_STAGGER);
}

#[test]
fn one_that_says_nothing_or_refuses_hides_no_other() {
    for first in [server(false), nobody()] {
        let (second, limit) = (server(true), limit());
        let begun = Instant::now();
        let winner = race_blocking(&[first, second], limit, move |address| greeted(address, limit)).unwrap();
        assert_eq!(winner.peer_addr().unwrap(), second);
        assert!(begun.elapsed() < limit.remaining(), "the race waited for the limit");
    }
}

#[test]
fn the_error_names_each_address_and_the_limit() {
    let (silent, refused) = (server(false), nobody());
    let limit = Limit::start("connect_timeout", Duration::from_millis(300));
    let error = race_blocking(&[refused, silent], limit, move |address| greeted(address, limit)).unwrap_err();
    let text = error.to_string();
    assert!(text.contains(&format!("{refused}: ")) && text.contains("refused"), "{text}");
    assert!(text.contains(&silent.to_string()), "{text}");
    // The silent attempt ends at the limit, which it may notice before the race does.
    assert!(error.is_timeout() == text.contains("within `connect_timeout` of 300ms"), "{text}");
}

#[test]
fn all_that_fail_are_no_timeout() {
    let addresses = [nobody(), nobody()];
    let limit = limit();
    let error = race_blocking(&addresses, limit, move |address| greeted(address, limit)).unwrap_err();
    assert!(!error.is_timeout());
    assert_eq!(error.failures().len(), 2);
    let none = race_blocking::<(), io::Error>(&[], limit, |_| Ok(())).unwrap_err();
    assert!(none.failures().is_empty() && !none.is_timeout());
}

#[cfg(feature = "tokio")]
mod nonblocking {
    use tokio::io::AsyncReadExt as _;

    use super::*;
    use crate::{connect, race};

    async fn greeted(address: SocketAddr) -> io::Result<tokio::net::TcpStream> {
        let mut stream = connect(address).await?;
        stream.read_exact(&mut [0]).await?;
        Ok(stream)
    }

    #[tokio::test]
    async fn one_that_says_nothing_or_refuses_hides_no_other() {
        for first in [server(false), nobody()] {
            let second = server(true);
            let winner = race(&[first, second], limit(), greeted).await.unwrap();
            assert_eq!(winner.peer_addr().unwrap(), second);
        }
    }

    #[tokio::test]
    async fn the_error_names_each_address_and_the_limit() {
        let (silent, refused) = (server(false), nobody());
        let limit = Limit::start("connect_timeout", Duration::from_millis(300));
        let error = race(&[refused, silent], limit, greeted).await.unwrap_err();
        let text = error.to_string();
        assert!(error.is_timeout());
        assert!(text.contains(&format!("{refused}: Connection refused")), "{text}");
        assert!(
            text.contains(&format!("{silent}: no connection within `connect_timeout` of 300ms")),
            "{text}"
        );
    }

    #[tokio::test]
    async fn all_that_fail_are_no_timeout() {
        let error = race(&[nobody(), nobody()], limit(), greeted).await.unwrap_err();
        assert!(!error.is_timeout());
        assert_eq!(error.failures().len(), 2);
    }
}
