use std::time::Duration;

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        Applied, Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Listed, Page, Revision,
        RotateOutcome, Store, StoreError, StoreErrorKind, Stored, TouchOutcome, Write,
    },
};

/// Sessions on a server.
#[derive(Debug)]
pub struct MyStore {
    // A pool of connections belongs here.
    place: String,
}

impl MyStore {
    /// Opens the store. `place` says where the sessions are: a server, and there a database, a table or a prefix.
    ///
    /// # Errors
    /// [`StoreError`] if `place` cannot be used.
    pub async fn open(place: &str) -> Result<Self, StoreError> {
        let place = place.to_owned();
        Ok(Self { place })
    }

    fn not_written_yet(&self, operation: &str) -> StoreError {
        let source = format!("`{operation}` is not written yet; asked for {}", self.place);
        StoreError::new(StoreErrorKind::Unsupported, Applied::No).with_source(source)
    }
}

