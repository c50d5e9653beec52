use std::sync::Arc;

use redis::Pipeline;
use session_core::store::{Applied, StoreError};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    task::AbortHandle,
};

use super::{request_queue::Mailbox, wire::Driver};
use crate::protocol::{errors::lost, replies::Reply};

/// A connection that any number of requests share. What is sent while others wait travels with theirs, and answers come in
/// the order of the questions. It is closed when the last who uses it lets go of it.
#[derive(Debug)]
pub(super) struct Connection {
    mailbox: Arc<Mailbox>,
    driver: AbortHandle,
}

impl Connection {
    /// Has a task of the runtime carry the bytes to and fro.
    pub(super) fn new(stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Self {
        let mailbox = Arc::new(Mailbox::default());
        let driver = tokio::spawn(Driver::new(stream, Arc::clone(&mailbox)));
        Self { mailbox, driver: driver.abort_handle() }
    }

    /// Sends these commands together and waits for an answer to each. Whoever does not wait any longer has asked all the
    /// same, and nobody else gets the answers.
    pub(super) async fn exchange(&self, commands: &Pipeline) -> Result<Vec<Reply>, StoreError> {
        let answers = self.mailbox.post(commands).map_err(|reason| lost(reason, Applied::No))?;
        answers.await.map_err(|_| lost(self.mailbox.closed(), Applied::Unknown))
    }

    #[cfg(test)]
    pub(super) fn is_closed(&self) -> bool {
        self.driver.is_finished()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}
