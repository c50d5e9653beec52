use std::{
    fmt, io,
    time::{Duration, Instant},
};

use bytes::{Buf as _, BytesMut};
use redis::Pipeline;
use session_core::store::{Applied, StoreError};
use session_net::Limit;

use super::stream::Stream;
use crate::{
    protocol::{
        Reply,
        errors::{closed_by_server, connection_lost, late},
        resp::{self, Frame},
    },
    retry::BUFFER,
    servers::{Life, is_idle_for_too_long},
};

/// A connection. It is out of step from the first byte of a request to the last of its replies.
pub(super) struct Connection {
    stream: Stream,
    packed: Vec<u8>,
    received: BytesMut,
    frame: Frame,
    is_in_step: bool,
    pub(super) life: Life,
    last_used: Instant,
}

impl Connection {
    pub(super) fn new(stream: Stream, lifetime: Duration) -> Self {
        Self {
            stream,
            packed: Vec::new(),
            received: BytesMut::new(),
            frame: Frame::new(),
            is_in_step: true,
            life: Life::begin(lifetime),
            last_used: Instant::now(),
        }
    }

    /// Whether every reply has been read, so that the next one belongs to the next request.
    pub(super) const fn is_in_step(&self) -> bool {
        self.is_in_step
    }

    /// Whether it may be used for another request.
    pub(super) fn is_usable(&self, now: Instant) -> bool {
        self.is_in_step && !self.life.is_over(now) && !is_idle_for_too_long(self.last_used, now)
    }

    /// Sends these commands together and reads a reply to each.
    pub(super) fn exchange(&mut self, commands: &Pipeline, limit: Limit) -> Result<Vec<Reply>, StoreError> {
        self.is_in_step = false;
        self.stream.set_deadline(limit.deadline());
        let mut replies = Vec::with_capacity(commands.len());
        let exchanged = self.send(commands).and_then(|()| self.receive(commands.len(), &mut replies));
        if let Err(error) = exchanged {
            // What the server has said is why it has closed the connection.
            let said = replies.pop().and_then(Reply::into_error);
            return Err(match said {
                Some(said) => connection_lost(closed_by_server(said).into(), Applied::Unknown),
                None if error.kind() == io::ErrorKind::TimedOut => late(&limit, "no reply", Applied::Unknown),
                None => connection_lost(error.into(), Applied::Unknown),
            });
        }
        self.is_in_step = self.received.is_empty();
        self.last_used = Instant::now();
        Ok(replies)
    }

    fn send(&mut self, commands: &Pipeline) -> io::Result<()> {
        self.packed.clear();
        self.packed.shrink_to(BUFFER);
        for command in commands.cmd_iter() {
            command.write_packed_command(&mut self.packed);
        }
        self.stream.write_all(&self.packed)
    }

    fn receive(&mut self, count: usize, replies: &mut Vec<Reply>) -> io::Result<()> {
        while replies.len() < count {
            if let Some(end) = self.frame.end(&self.received)? {
                replies.push(resp::read(self.received.get(..end).unwrap_or_default())?);
                self.received.advance(end);
                continue;
            }
            let filled = self.received.len();
            self.received.resize(filled + BUFFER, 0);
            let read = self.stream.read(self.received.get_mut(filled..).unwrap_or_default());
            self.received.truncate(filled + *read.as_ref().unwrap_or(&0));
            if read? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        if self.received.is_empty() && self.received.capacity() > 4 * BUFFER {
            self.received = BytesMut::new();
        }
        Ok(())
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("is_in_step", &self.is_in_step).finish_non_exhaustive()
    }
}
