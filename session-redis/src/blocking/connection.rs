use std::{
    fmt,
    time::{Duration, Instant},
};

use redis::{Pipeline, RedisResult, Value};

use crate::retry::MIN_TIMEOUT;

/// A connection of the client library. It is out of step from the first byte of a request to the last of its replies.
pub(super) struct Connection {
    connection: redis::Connection,
    is_in_step: bool,
}

impl Connection {
    pub(super) const fn new(connection: redis::Connection) -> Self {
        Self { connection, is_in_step: true }
    }

    /// Whether every reply has been read, so that the next one belongs to the next request.
    pub(super) const fn is_in_step(&self) -> bool {
        self.is_in_step
    }

    /// Sends these commands together and reads a reply to each.
    pub(super) fn exchange(&mut self, commands: &Pipeline, deadline: Instant) -> RedisResult<Vec<Value>> {
        self.is_in_step = false;
        let packed = commands.get_packed_pipeline();
        self.connection.set_write_timeout(Some(remaining(deadline)))?;
        self.connection.set_read_timeout(Some(remaining(deadline)))?;
        self.connection.send_packed_command(&packed)?;
        let mut values = Vec::with_capacity(commands.len());
        for _ in commands.cmd_iter() {
            values.push(self.connection.recv_response()?);
        }
        self.is_in_step = true;
        Ok(values)
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("is_in_step", &self.is_in_step).finish_non_exhaustive()
    }
}

/// Never zero: the client library takes a zero timeout for none.
pub(super) fn remaining(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now()).max(MIN_TIMEOUT)
}
