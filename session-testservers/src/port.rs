use std::{
    io,
    net::{Ipv4Addr, SocketAddr, SocketAddrV4},
};

use socket2::{Domain, Socket, Type};

/// A loopback port that stays reserved until this is dropped, also while nothing listens on it.
#[derive(Debug)]
pub(crate) struct Port {
    number: u16,
    // Bound but never listening: connections are refused, and the system gives the port to no other process.
    _held: Option<Socket>,
}

impl Port {
    /// Reserves a port that the system chooses.
    pub(crate) fn reserve() -> io::Result<Self> {
        Self::hold(0)
    }

    fn hold(number: u16) -> io::Result<Self> {
        let socket = bound(number)?;
        let number = socket
            .local_addr()?
            .as_socket()
            .map(|address| address.port())
            .ok_or_else(|| io::Error::other("a socket that was bound to loopback has no port"))?;
        // Only Linux lets a listener share the address of a socket that is bound but does not listen.
        Ok(Self { number, _held: cfg!(target_os = "linux").then_some(socket) })
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, self.number))
    }

    /// Listens on this port. The listener can be dropped and made again.
    pub(crate) fn listen(&self) -> io::Result<std::net::TcpListener> {
        let socket = bound(self.number)?;
        socket.listen(1024)?;
        Ok(socket.into())
    }
}

#[cfg(unix)]
impl Port {
    pub(crate) const fn number(&self) -> u16 {
        self.number
    }

    /// Reserves a port and the one `distance` above it, through which the nodes of a cluster talk to each other.
    pub(crate) fn reserve_two(distance: u16) -> io::Result<(Self, Self)> {
        let mut failure = io::Error::other("no port has room above it");
        for _ in 0..200 {
            let first = Self::reserve()?;
            let Some(above) = first.number.checked_add(distance) else { continue };
            match Self::hold(above) {
                Ok(second) => return Ok((first, second)),
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }
}

fn bound(number: u16) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    // On Windows the same option would let another process take the port.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.bind(&SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, number)).into())?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use std::{
        io::ErrorKind,
        net::{SocketAddr, TcpStream},
        thread::sleep,
        time::Duration,
    };

    use super::Port;

    /// A child that another test has just forked holds a closed listener open until it executes its program.
    fn is_refused_soon(address: SocketAddr) -> bool {
        (0..600).any(|_| match TcpStream::connect(address) {
            Err(error) => error.kind() == ErrorKind::ConnectionRefused,
            Ok(_) => {
                sleep(Duration::from_millis(100));
                false
            }
        })
    }

    #[test]
    fn a_reserved_port_refuses_listens_and_refuses_again() {
        let port = Port::reserve().unwrap();
        for _ in 0..3 {
            assert!(is_refused_soon(port.address()));
            let listener = port.listen().unwrap();
            TcpStream::connect(port.address()).unwrap();
            drop(listener);
        }
    }
}
