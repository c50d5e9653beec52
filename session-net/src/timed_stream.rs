use std::{
    io::{self, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

/// A stream with a deadline for all that is read and written together, so that a server that sends a byte now and then cannot
/// hold its client. After it, everything fails with [`io::ErrorKind::TimedOut`].
#[derive(Debug)]
pub struct TimedStream {
    stream: TcpStream,
    deadline: Instant,
    /// The timeout that the system has for reads and writes. It is changed only when it must be.
    timeout: Duration,
}

impl TimedStream {
    /// `usual` is how long most exchanges may take.
    ///
    /// # Errors
    /// What the system says.
    pub fn new(stream: TcpStream, usual: Duration, deadline: Instant) -> io::Result<Self> {
        let mut timed = Self { stream, deadline, timeout: usual };
        timed.set_timeout(usual)?;
        Ok(timed)
    }

    /// Sets the deadline of what comes.
    pub const fn set_deadline(&mut self, deadline: Instant) {
        self.deadline = deadline;
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
            match work(&mut self.stream) {
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
        self.stream.set_read_timeout(Some(timeout))?;
        self.stream.set_write_timeout(Some(timeout))
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

impl Read for TimedStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.timed(|stream| stream.read(buffer))
    }
}

impl Write for TimedStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.timed(|stream| stream.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
