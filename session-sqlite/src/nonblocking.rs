//! The asynchronous API.

use std::{fmt, sync::Arc};

use session_core::store::{Adapter, Answer, Call, StoreError};
use tokio::{sync::oneshot, time::timeout_at};

use crate::{BuildError, Builder, engine::Engine, options::Options};

/// Sessions in a file of SQLite, for asynchronous programs on tokio: a [`Store`](session_core::store::Store). Cheap to clone.
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

impl Adapter for SqliteStore {
    async fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        let (reply, answer) = oneshot::channel();
        // A caller that has gone needs no answer.
        let ticket = self.engine.begin(call, move |outcome| drop(reply.send(outcome)))?;
        match timeout_at(ticket.deadline.into(), answer).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(ticket.panicked()),
            Err(_) => Err(ticket.give_up()),
        }
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.engine.options().show("SqliteStore", f)
    }
}
