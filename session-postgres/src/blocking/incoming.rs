use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpStream},
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::{Duration, Instant},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A socket whose future never waits: it reads what was [received](Receiver::receive) before, and writes at once.
pub(super) struct Incoming(Arc<Receiver>);

/// The other hand on the socket, which waits where the future would.
pub(super) struct Receiver {
    socket: TcpStream,
    received: Mutex<Received>,
    /// Something else than the socket wants the future to be polled again.
    is_woken: AtomicBool,
}

/// What was received and is not yet read.
struct Received {
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    is_over: bool,
}

const BUFFER: usize = 16 * 1024;

impl Receiver {
    pub(super) fn new(socket: TcpStream) -> Arc<Self> {
        let received = Received { buffer: vec![0; BUFFER].into(), start: 0, end: 0, is_over: false };
        Arc::new(Self { socket, received: Mutex::new(received), is_woken: AtomicBool::new(false) })
    }

    pub(super) fn stream(self: &Arc<Self>) -> Incoming {
        Incoming(Arc::clone(self))
    }

    /// Carries the future out on this thread, until the deadline. Returns `None` after that.
    pub(super) fn run<T>(self: &Arc<Self>, future: impl Future<Output = T>, deadline: Instant) -> Option<T> {
        let (waker, mut future) = (Waker::from(Arc::clone(self)), pin!(future));
        let mut context = Context::from_waker(&waker);
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return Some(output);
            }
            if !self.is_woken.swap(false, Ordering::Relaxed) && !self.receive(deadline) {
                return None;
            }
        }
    }

    pub(super) fn set_write_timeout(&self, timeout: Duration) -> io::Result<()> {
        self.socket.set_write_timeout(Some(timeout))
    }

    /// Waits for bytes, the end or an error. Returns `false` if there is none before the deadline.
    fn receive(&self, deadline: Instant) -> bool {
        let mut received = self.received();
        if received.start < received.end || received.is_over {
            return true;
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() || self.socket.set_read_timeout(Some(left)).is_err() {
            return false;
        }
        match (&self.socket).read(&mut received.buffer) {
            Ok(0) => received.is_over = true,
            Ok(read) => (received.start, received.end) = (0, read),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                return false;
            }
            Err(_) => received.is_over = true,
        }
        true
    }

    fn received(&self) -> MutexGuard<'_, Received> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Receiver {
    fn wake(self: Arc<Self>) {
        self.is_woken.store(true, Ordering::Relaxed);
    }
}

impl AsyncRead for Incoming {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let mut received = self.0.received();
        let ready = received.buffer.get(received.start..received.end).unwrap_or_default();
        if ready.is_empty() {
            return if received.is_over { Poll::Ready(Ok(())) } else { Poll::Pending };
        }
        let length = ready.len().min(to.remaining());
        to.put_slice(ready.get(..length).unwrap_or_default());
        received.start += length;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Incoming {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready((&self.0.socket).write(bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.0.socket.shutdown(Shutdown::Write))
    }
}
