use std::{
    fmt,
    time::{Duration, Instant},
};

use redis::{Connection, Pipeline, RedisResult, Value};

/// A connection, which is out of step from the first byte of a request to the last of its answers.
pub(super) struct Link {
    connection: Connection,
    is_in_step: bool,
}

impl Link {
    pub(super) const fn new(connection: Connection) -> Self {
        Self { connection, is_in_step: true }
    }

    /// Whether every answer has been read, so that the next is to the next question.
    pub(super) const fn is_in_step(&self) -> bool {
        self.is_in_step
    }

    /// Sends these commands together and reads an answer to each.
    pub(super) fn exchange(&mut self, commands: &Pipeline, deadline: Instant) -> RedisResult<Vec<Value>> {
        self.is_in_step = false;
        let packed = commands.get_packed_pipeline();
        self.connection.set_write_timeout(Some(left(deadline)))?;
        self.connection.set_read_timeout(Some(left(deadline)))?;
        self.connection.send_packed_command(&packed)?;
        let mut values = Vec::with_capacity(commands.len());
        for _ in commands.cmd_iter() {
            values.push(self.connection.recv_response()?);
        }
        self.is_in_step = true;
        Ok(values)
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("is_in_step", &self.is_in_step).finish_non_exhaustive()
    }
}

/// A time-out of nothing would be none.
fn left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1))
}
