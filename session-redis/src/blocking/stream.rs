use std::{
    io::{self, Read as _, Write as _},
    time::Instant,
};

use session_net::TimedStream;
#[cfg(feature = "tls-blocking")]
use session_net::tls::TlsStream;

/// The bytes of a connection, encrypted or not.
pub(super) enum Stream {
    Plain(TimedStream),
    #[cfg(feature = "tls-blocking")]
    Encrypted(Box<TlsStream>),
}

impl Stream {
    pub(super) fn set_deadline(&mut self, deadline: Instant) {
        match self {
            Self::Plain(stream) => stream.set_deadline(deadline),
            #[cfg(feature = "tls-blocking")]
            Self::Encrypted(stream) => stream.sock.set_deadline(deadline),
        }
    }

    pub(super) fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.write_all(bytes),
            #[cfg(feature = "tls-blocking")]
            Self::Encrypted(stream) => stream.write_all(bytes).and_then(|()| stream.flush()),
        }
    }

    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer),
            #[cfg(feature = "tls-blocking")]
            Self::Encrypted(stream) => stream.read(buffer),
        }
    }
}
