use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use redis::Pipeline;
use session_core::store::{Applied, StoreError};
use tokio::{sync::OnceCell, time::timeout_at};

use super::{connect::connect, connection::Connection};
use crate::{
    executor::Client,
    options::StoreOptions,
    protocol::{Reply, errors::timeout},
    routing::Directory,
    servers::ServerAddress,
};

/// One multiplexed connection to each server.
pub(super) struct TokioClient {
    options: StoreOptions,
    /// A handful at most, so a linear scan is fastest.
    nodes: Mutex<Vec<Arc<Node>>>,
    asking: tokio::sync::Mutex<()>,
}

pub(super) struct Node {
    address: Arc<ServerAddress>,
    /// All requests that need the connection wait for the one that opens it.
    connection: OnceCell<Connection>,
}

impl TokioClient {
    pub(super) fn new(options: StoreOptions) -> Self {
        Self { options, nodes: Mutex::default(), asking: tokio::sync::Mutex::default() }
    }

    async fn open(&self, directory: &Directory, address: &ServerAddress) -> Result<Connection, StoreError> {
        let handshake = directory.handshake(address);
        let (connection, replies) = connect(&self.options, address, handshake).await?;
        directory.check_handshake(&replies)?;
        Ok(connection)
    }

    fn nodes(&self) -> MutexGuard<'_, Vec<Arc<Node>>> {
        self.nodes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Client for TokioClient {
    type Node = Arc<Node>;

    fn options(&self) -> &StoreOptions {
        &self.options
    }

    fn node(&self, address: &Arc<ServerAddress>) -> Arc<Node> {
        let mut nodes = self.nodes();
        let is_same = |node: &&Arc<Node>| Arc::ptr_eq(&node.address, address) || node.address == *address;
        if let Some(node) = nodes.iter().find(is_same) {
            return Arc::clone(node);
        }
        let node = Arc::new(Node { address: Arc::clone(address), connection: OnceCell::new() });
        nodes.push(Arc::clone(&node));
        node
    }

    async fn exchange(
        &self,
        directory: &Directory,
        node: &Arc<Node>,
        commands: &Pipeline,
        deadline: Instant,
    ) -> Result<Vec<Reply>, StoreError> {
        let connection = match node.connection.get() {
            Some(connection) => connection,
            None => {
                let open = || self.open(directory, &node.address);
                let opening = Box::pin(node.connection.get_or_try_init(open));
                let opened = timeout_at(deadline.into(), opening).await;
                opened.map_err(|_| timeout(Applied::No))??
            }
        };
        let deadline = deadline.min(Instant::now() + self.options.limits.response_timeout);
        let replies = timeout_at(deadline.into(), connection.exchange(commands)).await;
        replies.map_err(|_| timeout(Applied::Unknown))?
    }

    fn close(&self, node: &Arc<Node>) {
        self.nodes().retain(|current| !Arc::ptr_eq(current, node));
    }

    fn retain(&self, is_needed: impl Fn(&ServerAddress) -> bool) {
        self.nodes().retain(|node| is_needed(&node.address));
    }

    async fn in_turn<T: Send>(&self, deadline: Instant, work: impl Future<Output = T> + Send) -> Option<T> {
        let turn = async {
            let _turn = self.asking.lock().await;
            work.await
        };
        timeout_at(deadline.into(), turn).await.ok()
    }

    async fn sleep(&self, pause: Duration) {
        tokio::time::sleep(pause).await;
    }
}
