use std::{
    collections::VecDeque,
    io,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::{Buf as _, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};

use super::request_queue::{Batch, PendingReplies, RequestQueue};
use crate::{
    protocol::{
        Reply,
        errors::closed_by_server,
        resp::{self, Frame, ProtocolError},
    },
    retry::BUFFER,
};

/// The task that carries requests to the server and replies from it, until the connection fails.
pub(super) struct Wire<S> {
    stream: S,
    queue: Arc<RequestQueue>,
    /// Whether other tasks have had a turn to add their requests.
    has_waited: bool,
    sending: Batch,
    sent: usize,
    /// What was sent and has not all its replies, in this order.
    pending: VecDeque<PendingReplies>,
    received: BytesMut,
    frame: Frame,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    pub(super) fn new(stream: S, queue: Arc<RequestQueue>) -> Self {
        Self {
            stream,
            queue,
            has_waited: false,
            sending: Batch::default(),
            sent: 0,
            pending: VecDeque::new(),
            received: BytesMut::new(),
            frame: Frame::new(),
        }
    }

    /// Sends all requests. Pending if there are no more, or the stream takes no more.
    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            while let Some(rest @ [_, ..]) = self.sending.bytes.get(self.sent..) {
                match ready!(Pin::new(&mut self.stream).poll_write(context, rest))? {
                    0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                    sent => self.sent += sent,
                }
            }
            if self.sent > 0 {
                ready!(Pin::new(&mut self.stream).poll_flush(context))?;
                self.sent = 0;
                self.sending.bytes.clear();
                self.sending.bytes.shrink_to(BUFFER);
            }
            if !self.queue.poll_filled(context) {
                return Poll::Pending;
            }
            if !self.has_waited {
                // Tasks that are ready now add their requests before this one runs again: one write sends all of them.
                self.has_waited = true;
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            self.has_waited = false;
            self.queue.take(&mut self.sending);
            self.pending.extend(self.sending.pending.drain(..));
        }
    }

    /// Hands over replies as they come. Ready only when it fails.
    fn poll_receive(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            self.received.reserve(BUFFER);
            if ready!(pin!(self.stream.read_buf(&mut self.received)).poll(context))? == 0 {
                let error = self.pending.front().and_then(PendingReplies::last_error);
                let reason = error.map_or_else(|| io::ErrorKind::UnexpectedEof.into(), closed_by_server);
                return Poll::Ready(Err(reason));
            }
            self.queue.hear();
            self.hand_over()?;
        }
    }

    fn hand_over(&mut self) -> io::Result<()> {
        while let Some(end) = self.frame.end(&self.received)? {
            let reply = resp::read(self.received.get(..end).unwrap_or_default())?;
            self.received.advance(end);
            let is_last = match (self.pending.front_mut(), reply) {
                (Some(first), reply) => first.push(reply),
                // For example, the server has too many clients.
                (None, Reply::Error(error)) => return Err(closed_by_server(error)),
                (None, _) => return Err(ProtocolError::UNASKED.into()),
            };
            if is_last && let Some(first) = self.pending.pop_front() {
                self.queue.finish();
                first.hand_over();
            }
        }
        if self.received.is_empty() && self.received.capacity() > 4 * BUFFER {
            self.received = BytesMut::new();
        }
        Ok(())
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Future for Wire<S> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let received = self.poll_receive(context);
        let reason = match (received, self.poll_send(context)) {
            (Poll::Ready(Err(reason)), _) | (_, Poll::Ready(Err(reason))) => reason,
            _ => return Poll::Pending,
        };
        self.queue.close(reason);
        Poll::Ready(())
    }
}

/// Runs also when the runtime ends, so that no request waits for ever.
impl<S> Drop for Wire<S> {
    fn drop(&mut self) {
        self.queue.close(io::ErrorKind::ConnectionAborted.into());
    }
}
