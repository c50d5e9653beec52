//! The blocking API.

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

/// Sessions in a file of SQLite, for programs without a runtime: a [`BlockingStore`](session_core::store::BlockingStore). Cheap
/// to clone.
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
        Self::builder(url).build_blocking()
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

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.engine.options().show("SqliteStore", f)
    }
}
