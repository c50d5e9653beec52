use std::sync::Arc;

use redis::Pipeline;
use session_core::store::Applied;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    task::AbortHandle,
};

use super::{
    request_queue::{Refusal, RequestQueue},
    wire::Wire,
};
use crate::{
    protocol::{
        Reply,
        errors::{connection_lost, contended},
    },
    retry::Failed,
};

/// A connection that any number of requests share. Requests that are made at the same time travel together, and replies come
/// in the order of the requests. It is closed when it is dropped.
#[derive(Debug)]
pub(super) struct Connection {
    queue: Arc<RequestQueue>,
    wire: AbortHandle,
}

impl Connection {
    /// Starts a task that carries the bytes.
    pub(super) fn new(
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        max_in_flight: u32,
    ) -> Self {
        let queue = Arc::new(RequestQueue::new(max_in_flight));
        let wire = tokio::spawn(Wire::new(stream, Arc::clone(&queue)));
        Self { queue, wire: wire.abort_handle() }
    }

    /// Sends these commands together and waits for a reply to each. If the caller stops waiting, the commands are sent all the
    /// same and their replies are dropped.
    pub(super) async fn exchange(&self, commands: &Pipeline) -> Result<Vec<Reply>, Failed> {
        let replies = self.queue.push(commands).map_err(|refusal| match refusal {
            Refusal::Closed(reason) => Failed::broken(connection_lost(reason, Applied::No)),
            Refusal::Full => Failed::harmless(contended("`max_in_flight` requests wait for the server")),
        })?;
        let lost = |_| Failed::broken(connection_lost(self.queue.close_reason(), Applied::Unknown));
        replies.await.map_err(lost)
    }

    /// How often something was received so far.
    pub(super) fn heard(&self) -> u64 {
        self.queue.heard()
    }

    #[cfg(test)]
    pub(super) fn is_closed(&self) -> bool {
        self.wire.is_finished()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.wire.abort();
    }
}
