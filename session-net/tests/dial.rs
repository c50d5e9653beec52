//! Plain connections to addresses that accept, refuse or swallow packets.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    time::Duration,
};

use session_net::{Limit, dial_blocking, race_blocking};
use socket2::{Domain, SockRef, Socket, Type};

fn limit() -> Limit {
    Limit::start("connect_timeout", Duration::from_secs(60))
}

/// An address whose packets are swallowed: its queue is full and nobody takes from it.
struct BlackHole {
    address: SocketAddr,
    _listener: Socket,
    _queued: Vec<TcpStream>,
}

impl BlackHole {
    fn new() -> Self {
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        listener.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        listener.listen(0).unwrap();
        let address = listener.local_addr().unwrap().as_socket().unwrap();
        let fill = || TcpStream::connect_timeout(&address, Duration::from_millis(300));
        let queued = std::iter::from_fn(|| fill().ok()).collect();
        Self { address, _listener: listener, _queued: queued }
    }
}

#[test]
fn a_stream_says_at_once_what_it_has_and_notices_a_dead_server() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = dial_blocking("127.0.0.1", server.local_addr().unwrap().port(), limit()).unwrap();
    assert!(stream.nodelay().unwrap());
    let socket = SockRef::from(&stream);
    assert!(socket.keepalive().unwrap());
    assert_eq!(socket.tcp_keepalive_time().unwrap(), Duration::from_secs(30));
    assert_eq!(socket.tcp_keepalive_interval().unwrap(), Duration::from_secs(10));
    assert_eq!(socket.tcp_keepalive_retries().unwrap(), 3);
}

#[test]
fn an_address_that_swallows_packets_does_not_hide_the_next() {
    let (hole, server) = (BlackHole::new(), TcpListener::bind("127.0.0.1:0").unwrap());
    let limit = limit();
    let addresses = [hole.address, server.local_addr().unwrap()];
    let connect = move |address| session_net::connect_blocking(address, limit);
    let stream = race_blocking(&addresses, limit, connect).unwrap();
    assert_eq!(stream.peer_addr().unwrap(), addresses[1]);
    assert!(!limit.has_passed());
}

#[test]
fn an_error_names_the_server_its_address_and_the_limit() {
    let hole = BlackHole::new();
    let port = hole.address.port();
    let limit = Limit::start("connect_timeout", Duration::from_millis(200));
    let error = dial_blocking("127.0.0.1", port, limit).unwrap_err();
    let text = error.to_string();
    assert!(error.is_timeout(), "{text}");
    assert!(text.contains(&format!("no connection to 127.0.0.1:{port}: 127.0.0.1:{port}: ")), "{text}");
    assert_eq!(error.limit().map(|limit| limit.to_string()).as_deref(), Some("`connect_timeout` of 200ms"));
    assert!(text.contains("`connect_timeout` of 200ms"), "{text}");
}

#[cfg(feature = "tokio")]
#[tokio::test]
async fn tasks_do_the_same() {
    let (hole, server) = (BlackHole::new(), TcpListener::bind("127.0.0.1:0").unwrap());
    let addresses = [hole.address, server.local_addr().unwrap()];
    let stream = session_net::race(&addresses, limit(), session_net::connect).await.unwrap();
    assert_eq!(stream.peer_addr().unwrap(), addresses[1]);
    let socket = SockRef::from(&stream);
    assert!(socket.tcp_nodelay().unwrap() && socket.keepalive().unwrap());
    let short = Limit::start("connect_timeout", Duration::from_millis(200));
    let error = session_net::dial("127.0.0.1", hole.address.port(), short).await.unwrap_err();
    assert!(error.is_timeout() && error.to_string().contains("within `connect_timeout` of 200ms"), "{error}");
}
