use std::{
    io::{
        self,
        ErrorKind::{Interrupted, TimedOut, WouldBlock},
        Read as _, Write as _,
    },
    net::{Shutdown, TcpStream},
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::{Duration, Instant},
};

use session_sql::{ErrorKind, Limit};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A socket on which a future reads and writes without a runtime. It writes at once, and reads where [`run`](Self::run) lets it.
pub(crate) struct Socket {
    stream: TcpStream,
    /// Until when the next read may wait. Without it, nothing is read.
    patience: Mutex<Option<Instant>>,
    /// Something else than the socket wants the future to be polled again.
    is_woken: AtomicBool,
}

/// The hand of the future on the socket.
pub(super) struct Stream(Arc<Socket>);

impl Socket {
    /// One write waits no longer than this.
    pub(super) fn new(stream: TcpStream, timeout: Duration) -> io::Result<Arc<Self>> {
        stream.set_write_timeout(Some(timeout))?;
        Ok(Arc::new(Self { stream, patience: Mutex::default(), is_woken: AtomicBool::new(false) }))
    }

    pub(super) fn stream(self: &Arc<Self>) -> Stream {
        Stream(Arc::clone(self))
    }

    /// Carries the future out on this thread, until the deadline, which is that of the limit. It waits for bytes only when the
    /// future can do nothing else: one that waited at its first poll would not yet have sent what is to be answered.
    pub(crate) fn run<T>(
        self: &Arc<Self>,
        future: impl Future<Output = Result<T, ErrorKind>>,
        deadline: Instant,
        limit: Limit,
    ) -> Result<T, ErrorKind> {
        let (waker, mut future) = (Waker::from(Arc::clone(self)), pin!(future));
        let mut context = Context::from_waker(&waker);
        loop {
            let polled = future.as_mut().poll(&mut context);
            *self.patience() = None;
            if let Poll::Ready(result) = polled {
                return result;
            }
            if !self.is_woken.swap(false, Ordering::Relaxed) {
                if Instant::now() >= deadline {
                    return Err(ErrorKind::Timeout(limit));
                }
                *self.patience() = Some(deadline);
            }
        }
    }

    fn patience(&self) -> MutexGuard<'_, Option<Instant>> {
        self.patience.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Socket {
    fn wake(self: Arc<Self>) {
        self.is_woken.store(true, Ordering::Relaxed);
    }
}

impl AsyncRead for Stream {
    /// Reads once, so that the future looks at what has come before it waits again.
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let Some(deadline) = self.0.patience().take() else { return Poll::Pending };
        // Zero would mean for ever.
        let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        let mut stream = &self.0.stream;
        stream.set_read_timeout(Some(left))?;
        match stream.read(to.initialize_unfilled()) {
            Ok(read) => {
                to.advance(read);
                Poll::Ready(Ok(()))
            }
            Err(error) if matches!(error.kind(), Interrupted | TimedOut | WouldBlock) => Poll::Pending,
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready((&self.0.stream).write(bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.0.stream.shutdown(Shutdown::Write))
    }
}
