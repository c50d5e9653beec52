//! A TCP proxy between a client and a server that does what networks do: cut, stall, refuse, deliver late.
//!
//! The test decides what happens and when, without chance and without sleeping:
//!
//! ```
//! use session_testservers::proxy::{Direction, Mode, Proxy};
//! use std::{
//!     io::{Read as _, Write as _},
//!     net::{TcpListener, TcpStream},
//!     thread,
//!     time::Duration,
//! };
//!
//! // A server that answers one request of four bytes.
//! let server = TcpListener::bind("127.0.0.1:0")?;
//! let address = server.local_addr()?;
//! thread::spawn(move || -> std::io::Result<()> {
//!     let (mut stream, _) = server.accept()?;
//!     stream.read_exact(&mut [0; 4])?;
//!     stream.write_all(b"+PONG\r\n")
//! });
//!
//! let proxy = Proxy::start(address)?;
//! proxy.set(Mode::CutAfter { direction: Direction::ToClient, bytes: 3 });
//! let mut client = TcpStream::connect(proxy.address())?;
//! client.write_all(b"PING")?;
//! let mut reply = vec![];
//! client.read_to_end(&mut reply)?;
//! assert_eq!(reply, b"+PO");
//! assert!(proxy.wait(Duration::from_secs(5), |traffic| traffic.open == 0));
//! assert_eq!(proxy.traffic().to_client, 3);
//! # Ok::<(), std::io::Error>(())
//! ```

mod acceptor;
mod gate;
mod link;
mod mode;
mod relay;
mod traffic;
mod upstream;

pub use mode::{Direction, Mode};
pub use relay::Proxy;
pub use traffic::Traffic;
pub use upstream::Upstream;
