use std::{
    io,
    net::{SocketAddr, TcpStream},
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use super::{
    Mode, Traffic, Upstream,
    acceptor::Acceptor,
    gate::{Gate, State},
};
use crate::{
    limits::{CONNECTED, PROXY_FOLLOWS},
    port::Port,
};

/// A proxy on a loopback port of its own, in front of one server. It ends with its value, and so do all its
/// connections.
///
/// At most 16 KiB are held back in each direction of a connection; then the sender has to wait.
#[derive(Debug)]
pub struct Proxy {
    gate: Arc<Gate>,
    port: Arc<Port>,
    acceptor: Option<JoinHandle<()>>,
}

impl Proxy {
    /// Starts in mode [`Pass`](Mode::Pass). The server need not run yet: a connection to a server that is not there
    /// is closed.
    ///
    /// # Errors
    /// When no port or thread can be had.
    pub fn start(upstream: impl Into<Upstream>) -> io::Result<Self> {
        let (upstream, port, gate) = (upstream.into(), Arc::new(Port::reserve()?), Arc::new(Gate::new()));
        let listener = port.listen()?;
        gate.change(|state| state.listening = true);
        let acceptor =
            Acceptor { upstream: Arc::new(upstream), port: Arc::clone(&port), gate: Arc::clone(&gate) };
        let run = move || acceptor.run(Some(listener));
        let acceptor = thread::Builder::new().name("proxy".to_owned()).spawn(run)?;
        Ok(Self { gate, port, acceptor: Some(acceptor) })
    }

    /// Where the client connects to.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.port.address()
    }

    /// From now on it does this. Once this returns, a mode that refuses does, and one that does not accepts.
    pub fn set(&self, mode: Mode) {
        self.gate.change(|state| state.mode = mode);
        let listens = mode != Mode::Refuse;
        if !listens {
            self.wake();
        }
        self.gate.wait(PROXY_FOLLOWS, |state| state.listening == listens || state.ended);
    }

    /// The mode it is in: a cut that was asked for and has happened has ended its mode.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.gate.read(|state| state.mode)
    }

    /// Cuts every connection now. New ones meet the mode.
    pub fn cut(&self) {
        self.gate.change(State::cut_all);
    }

    /// Closes the server's side of every connection now and leaves the client's open: whatever the client sends is
    /// taken, and never answered, as when a firewall has forgotten the connection. New ones meet the mode.
    pub fn half_open(&self) {
        self.gate.change(State::halve_all);
    }

    /// What has gone through so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.gate.read(|state| state.traffic)
    }

    /// Waits until the traffic is so, and answers whether it came to that within this time.
    ///
    /// ```
    /// use session_testservers::proxy::Proxy;
    /// use std::{net::TcpStream, time::Duration};
    ///
    /// # let server = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// let proxy = Proxy::start(server.local_addr()?)?;
    /// let _client = TcpStream::connect(proxy.address())?;
    /// assert!(proxy.wait(Duration::from_secs(5), |traffic| traffic.connections == 1));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn wait(&self, limit: Duration, is_so: impl Fn(Traffic) -> bool) -> bool {
        self.gate.wait(limit, |state| is_so(state.traffic))
    }

    /// Ends the acceptor's wait for a connection. If it has just had one, this one is not needed.
    fn wake(&self) {
        let _ = TcpStream::connect_timeout(&self.address(), CONNECTED);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let was_listening = self.gate.change(|state| {
            state.ended = true;
            state.cut_all();
            state.listening
        });
        if was_listening {
            self.wake();
        }
        if let Some(acceptor) = self.acceptor.take() {
            // A thread that panicked has ended, too.
            let _ = acceptor.join();
        }
        self.gate.wait(PROXY_FOLLOWS, |state| state.traffic.open == 0);
    }
}
