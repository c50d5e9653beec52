use std::{
    collections::VecDeque,
    io,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::{Buf as _, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};

use super::request_queue::{Mail, Mailbox, Waiting};
use crate::protocol::{
    errors::dismissed,
    replies::Reply,
    resp::{self, Frame, Garbled},
};

/// The task that carries requests to the server and replies from it, until one of both fails.
pub(super) struct Driver<S> {
    stream: S,
    mailbox: Arc<Mailbox>,
    /// Whether the others were given a turn to add to the mail.
    waited: bool,
    sending: Mail,
    sent: usize,
    /// Who waits for what was sent, in this order.
    waiting: VecDeque<Waiting>,
    received: BytesMut,
    frame: Frame,
}

/// How much is read at once, and what is kept of a buffer that had to grow.
const BUFFER: usize = 16 * 1024;

impl<S: AsyncRead + AsyncWrite + Unpin> Driver<S> {
    pub(super) fn new(stream: S, mailbox: Arc<Mailbox>) -> Self {
        Self {
            stream,
            mailbox,
            waited: false,
            sending: Mail::default(),
            sent: 0,
            waiting: VecDeque::new(),
            received: BytesMut::new(),
            frame: Frame::new(),
        }
    }

    /// Sends what there is. Pending if there is no more, or the server takes no more.
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
            if !self.mailbox.is_filled(context) {
                return Poll::Pending;
            }
            if !self.waited {
                // Requests that are ready to be made now are made before this task is next: one write sends all of them.
                self.waited = true;
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            self.waited = false;
            self.mailbox.empty(&mut self.sending);
            self.waiting.extend(self.sending.waiting.drain(..));
        }
    }

    /// Hands out replies as they come. Never ready but by failing.
    fn poll_receive(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            self.received.reserve(BUFFER);
            if ready!(pin!(self.stream.read_buf(&mut self.received)).poll(context))? == 0 {
                let answer = self.waiting.front().and_then(Waiting::refusal);
                let reason = answer.map_or_else(|| io::ErrorKind::UnexpectedEof.into(), dismissed);
                return Poll::Ready(Err(reason));
            }
            self.hand_out()?;
        }
    }

    fn hand_out(&mut self) -> io::Result<()> {
        while let Some(end) = self.frame.end(&self.received)? {
            let reply = resp::read(self.received.get(..end).unwrap_or_default())?;
            self.received.advance(end);
            let is_answered = match (self.waiting.front_mut(), reply) {
                (Some(first), reply) => first.take(reply),
                // It has too many clients, for example.
                (None, Reply::Error(answer)) => return Err(dismissed(answer)),
                (None, _) => return Err(Garbled::UNASKED.into()),
            };
            if is_answered && let Some(first) = self.waiting.pop_front() {
                first.answer();
            }
        }
        if self.received.is_empty() && self.received.capacity() > 4 * BUFFER {
            self.received = BytesMut::new();
        }
        Ok(())
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Future for Driver<S> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let received = self.poll_receive(context);
        let reason = match (received, self.poll_send(context)) {
            (Poll::Ready(Err(reason)), _) | (_, Poll::Ready(Err(reason))) => reason,
            _ => return Poll::Pending,
        };
        self.mailbox.close(reason);
        Poll::Ready(())
    }
}

/// Also when the runtime ends: those who wait must not wait for ever.
impl<S> Drop for Driver<S> {
    fn drop(&mut self) {
        self.mailbox.close(io::ErrorKind::ConnectionAborted.into());
    }
}
