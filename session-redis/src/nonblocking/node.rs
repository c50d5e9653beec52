use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use session_core::store::StoreError;
use tokio::sync::SetOnce;

use super::connection::Connection;
use crate::{
    protocol::errors::interrupted,
    servers::{Life, ServerAddress, is_idle_for_too_long},
};

/// One connection to a server, from the beginning of its making. A task of its own makes it, so that whoever waits for it
/// may go away.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) address: Arc<ServerAddress>,
    pub(super) life: Life,
    opened: SetOnce<Result<Connection, Failure>>,
    /// In milliseconds of its life.
    last_used: AtomicU64,
}

/// Why there is no connection, for all that waited.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: Arc<StoreError>,
    /// When the attempt began.
    pub(super) began: Instant,
    pub(super) at: Instant,
}

impl Node {
    pub(super) fn new(address: Arc<ServerAddress>, lifetime: Duration) -> Self {
        Self { address, life: Life::begin(lifetime), opened: SetOnce::new(), last_used: AtomicU64::new(0) }
    }

    /// The connection or why there is none, if that is decided.
    pub(super) fn opened(&self) -> Option<&Result<Connection, Failure>> {
        self.opened.get()
    }

    pub(super) async fn wait(&self) -> &Result<Connection, Failure> {
        self.opened.wait().await
    }

    /// Takes note that it is used now. Returns whether it must not be, as it was not for too long.
    pub(super) fn was_idle_for_too_long(&self, now: Instant) -> bool {
        let age = self.life.age(now).as_millis() as u64;
        let idle = age.saturating_sub(self.last_used.swap(age, Ordering::Relaxed));
        is_idle_for_too_long(now, now + Duration::from_millis(idle))
    }
}

/// The making of a connection. What becomes of it is told when it is dropped, also with its runtime.
pub(super) struct Opening {
    pub(super) node: Arc<Node>,
    pub(super) began: Instant,
    opened: Result<Connection, StoreError>,
}

impl Opening {
    pub(super) fn new(node: Arc<Node>) -> Self {
        Self { node, began: Instant::now(), opened: Err(interrupted()) }
    }

    pub(super) fn finish(mut self, opened: Result<Connection, StoreError>) {
        self.opened = opened;
    }
}

impl Drop for Opening {
    fn drop(&mut self) {
        let opened = std::mem::replace(&mut self.opened, Err(interrupted()));
        let failed = |error| Failure { error: Arc::new(error), began: self.began, at: Instant::now() };
        // Nobody else sets it.
        let _ = self.node.opened.set(opened.map_err(failed));
    }
}
