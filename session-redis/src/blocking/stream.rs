use std::{
    io::{self, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

/// The bytes of a connection, encrypted or not.
pub(super) enum Stream {
    Plain(TimedSocket),
    #[cfg(feature = "tls-blocking")]
    Encrypted(Box<rustls::StreamOwned<rustls::ClientConnection, TimedSocket>>),
}

/// A socket with a deadline for all that is read and written together, so that a server that sends a byte now and then cannot
/// hold its client.
pub(super) struct TimedSocket {
    socket: TcpStream,
    deadline: Instant,
    /// The timeout that the system has for reads and writes. It is changed only when it must be.
    timeout: Duration,
}

impl Stream {
    pub(super) fn set_deadline(&mut self, deadline: Instant) {
        match self {
            Self::Plain(socket) => socket.deadline = deadline,
            #[cfg(feature = "tls-blocking")]
            Self::Encrypted(stream) => stream.sock.deadline = deadline,
        }
    }

    pub(super) fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(socket) => socket.write_all(bytes),
            #[cfg(feature = "tls-blocking")]
            Self::Encrypted(stream) => stream.write_all(bytes).and_then(|()| stream.flush()),
        }
    }

    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.read(buffer),
            #[cfg(feature = "tls-blocking")]
            Self::Encrypted(stream) => stream.read(buffer),
        }
    }
}

impl TimedSocket {
    /// `usual` is how long most exchanges may take.
    pub(super) fn new(socket: TcpStream, usual: Duration, deadline: Instant) -> io::Result<Self> {
        let mut timed = Self { socket, deadline, timeout: usual };
        timed.set_timeout(usual)?;
        Ok(timed)
    }

    /// Does this, and again as long as the system ends it before the deadline.
    fn timed(&mut self, mut work: impl FnMut(&mut TcpStream) -> io::Result<usize>) -> io::Result<usize> {
        loop {
            let remaining = self.deadline.saturating_duration_since(Instant::now());
            if remaining.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            if remaining < self.timeout {
                self.set_timeout(remaining)?;
            }
            match work(&mut self.socket) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if is_timeout(&error) => {
                    let remaining = self.deadline.saturating_duration_since(Instant::now());
                    if !remaining.is_zero() {
                        self.set_timeout(remaining)?;
                    }
                }
                done => return done,
            }
        }
    }

    fn set_timeout(&mut self, timeout: Duration) -> io::Result<()> {
        self.timeout = timeout;
        self.socket.set_read_timeout(Some(timeout))?;
        self.socket.set_write_timeout(Some(timeout))
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

impl Read for TimedSocket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.timed(|socket| socket.read(buffer))
    }
}

impl Write for TimedSocket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.timed(|socket| socket.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
