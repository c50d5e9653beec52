use std::{
    io::{self, Read, Write},
    net::TcpStream,
};

use crate::Limit;

/// A stream each of whose reads and writes ends at the limit, so that a server that sends a byte now and then cannot hold
/// its client.
pub(super) struct Timed<'a> {
    pub(super) stream: &'a TcpStream,
    pub(super) limit: Limit,
}

impl Timed<'_> {
    fn check(&self, result: io::Result<usize>) -> io::Result<usize> {
        let late = || io::Error::new(io::ErrorKind::TimedOut, format!("no reply within {}", self.limit));
        result.map_err(|error| if error.kind() == io::ErrorKind::WouldBlock { late() } else { error })
    }
}

impl Read for Timed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.limit.has_passed() {
            return self.check(Err(io::ErrorKind::WouldBlock.into()));
        }
        self.stream.set_read_timeout(Some(self.limit.timeout()))?;
        let read = self.stream.read(buffer);
        self.check(read)
    }
}

impl Write for Timed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.limit.has_passed() {
            return self.check(Err(io::ErrorKind::WouldBlock.into()));
        }
        self.stream.set_write_timeout(Some(self.limit.timeout()))?;
        let written = self.stream.write(bytes);
        self.check(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
