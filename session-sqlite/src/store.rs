use std::{
    fmt,
    sync::{
        Arc,
        mpsc::{RecvTimeoutError, sync_channel},
    },
    time::Instant,
};

use session_core::store::{Answer, BlockingAdapter, Call, StoreError};

use crate::{BuildError, Builder, engine::Engine, options::Options};

/// Sessions in a file of SQLite. Cheap to clone.
///
/// A [`BlockingStore`](session_core::store::BlockingStore), and with the feature `tokio` also a
/// [`Store`](session_core::store::Store) for asynchronous programs on tokio.
#[derive(Clone)]
pub struct SqliteStore {
    engine: Arc<Engine>,
}

impl SqliteStore {
    /// Opens a store in the file at this URL, with the default settings; see the crate's page. The file is created by the first
    /// operation.
    ///
    /// # Errors
    /// [`BuildError`] if the URL is invalid, or the directory of the file is missing.
    pub fn open(url: &str) -> Result<Self, BuildError> {
        Self::builder(url).build()
    }

    /// Starts to build a store in the file at this URL.
    pub fn builder(url: &str) -> Builder {
        Builder::new(url)
    }

    pub(crate) fn new(options: Options) -> Self {
        Self { engine: Arc::new(Engine::new(options)) }
    }
}

impl BlockingAdapter for SqliteStore {
    fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        let (reply, answer) = sync_channel(1);
        // A caller that has gone needs no answer.
        let ticket = self.engine.begin(call, move |outcome| drop(reply.send(outcome)))?;
        match answer.recv_timeout(ticket.deadline.saturating_duration_since(Instant::now())) {
            Ok(outcome) => outcome,
            Err(RecvTimeoutError::Disconnected) => Err(ticket.panicked()),
            Err(RecvTimeoutError::Timeout) => Err(ticket.give_up()),
        }
    }
}

#[cfg(feature = "tokio")]
impl session_core::store::Adapter for SqliteStore {
    async fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        let (reply, answer) = tokio::sync::oneshot::channel();
        let ticket = self.engine.begin(call, move |outcome| drop(reply.send(outcome)))?;
        match tokio::time::timeout_at(ticket.deadline.into(), answer).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(ticket.panicked()),
            Err(_) => Err(ticket.give_up()),
        }
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SqliteStore").field(&self.engine.options).finish()
    }
}
