use std::{
    io,
    net::{SocketAddr, TcpStream},
    sync::{Arc, Mutex, PoisonError},
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

/// A proxy on its own loopback port, in front of one server. It ends with all its connections when it is dropped.
///
/// It holds back at most 16 KiB in each direction of a connection, or 256 KiB over a distance. Then the sender must wait.
#[derive(Debug)]
pub struct Proxy {
    upstream: Arc<Mutex<Upstream>>,
    gate: Arc<Gate>,
    port: Arc<Port>,
    acceptor: Option<JoinHandle<()>>,
}

impl Proxy {
    /// Starts in mode [`Pass`](Mode::Pass). The server need not run yet: a connection is closed while there is no server.
    ///
    /// # Errors
    /// When no port or thread is available.
    pub fn start(upstream: impl Into<Upstream>) -> io::Result<Self> {
        let (port, gate) = (Arc::new(Port::reserve()?), Arc::new(Gate::new()));
        let upstream = Arc::new(Mutex::new(upstream.into()));
        let listener = port.listen()?;
        gate.change(|state| state.listening = true);
        let acceptor =
            Acceptor { upstream: Arc::clone(&upstream), port: Arc::clone(&port), gate: Arc::clone(&gate) };
        let run = move || acceptor.run(Some(listener));
        let acceptor = thread::Builder::new().name("proxy".to_owned()).spawn(run)?;
        Ok(Self { upstream, gate, port, acceptor: Some(acceptor) })
    }

    /// The address that the client must connect to.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.port.address()
    }

    /// Leads new connections to another server, as when the name of a server moves. Open ones stay where they are.
    ///
    /// ```
    /// use session_testservers::proxy::Proxy;
    /// use std::net::{TcpListener, TcpStream};
    ///
    /// let (old, new) = (TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?);
    /// let proxy = Proxy::start(old.local_addr()?)?;
    /// proxy.lead_to(new.local_addr()?);
    /// let _client = TcpStream::connect(proxy.address())?;
    /// new.accept()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn lead_to(&self, upstream: impl Into<Upstream>) {
        *self.upstream.lock().unwrap_or_else(PoisonError::into_inner) = upstream.into();
    }

    /// Changes the mode. When this returns, new connections are refused or accepted as the mode says.
    pub fn set(&self, mode: Mode) {
        self.gate.change(|state| state.mode = mode);
        let listens = mode != Mode::Refuse;
        if !listens {
            self.wake();
        }
        self.gate.wait(PROXY_FOLLOWS, |state| state.listening == listens || state.ended);
    }

    /// Puts the server this far away: each delivery takes at least this long in each direction, whatever the mode. A round
    /// trip takes twice as long.
    ///
    /// ```
    /// use session_testservers::proxy::Proxy;
    /// use std::time::Duration;
    ///
    /// # let server = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// let proxy = Proxy::start(server.local_addr()?)?;
    /// proxy.set_distance(Duration::from_millis(90));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn set_distance(&self, each_way: Duration) {
        self.gate.change(|state| state.distance = each_way);
    }

    /// The current mode. [`Mode::CutAfter`] has become [`Mode::Pass`] once the cut has happened.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.gate.read(|state| state.mode)
    }

    /// Cuts every open connection now. The mode applies to new ones.
    pub fn cut(&self) {
        self.gate.change(State::cut_all);
    }

    /// Closes the side of the server of every connection now, and leaves the side of the client open: what the client
    /// sends is accepted and never answered, as when a firewall has dropped the connection. The mode applies to new ones.
    pub fn half_open(&self) {
        self.gate.change(State::halve_all);
    }

    /// Keeps all bytes of both directions from now on, until [`recorded`](Self::recorded) takes them.
    pub fn record(&self) {
        self.gate.change(|state| state.recorded = Some(Vec::new()));
    }

    /// Ends the recording, and returns what has arrived since it began.
    #[must_use]
    pub fn recorded(&self) -> Vec<u8> {
        self.gate.change(|state| state.recorded.take().unwrap_or_default())
    }

    /// The traffic so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.gate.read(|state| state.traffic)
    }

    /// Waits for a state of the traffic. Returns whether it was reached within this time.
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

    /// Wakes the acceptor by a connection. It does not matter if another connection has just done so.
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
            // A thread that panicked has ended as well.
            let _ = acceptor.join();
        }
        self.gate.wait(PROXY_FOLLOWS, |state| state.traffic.open == 0);
    }
}
