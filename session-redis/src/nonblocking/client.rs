use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use redis::Pipeline;
use session_core::store::{Applied, StoreError};
use session_net::Limit;
use tokio::{
    sync::Notify,
    time::{sleep_until, timeout_at},
};

use super::{
    connect::connect,
    node::{Node, Opening},
    nodes::Nodes,
};
use crate::{
    executor::{Client, later},
    options::StoreOptions,
    process::OfProcess,
    protocol::{
        Reply,
        errors::{forked, late, shared},
    },
    retry::Failed,
    routing::Directory,
    servers::ServerAddress,
};

/// One multiplexed connection to each server.
pub(super) struct TokioClient {
    options: Arc<StoreOptions>,
    directory: Arc<Directory>,
    nodes: Nodes,
    bell: Notify,
    process: OfProcess<()>,
}

impl TokioClient {
    pub(super) fn new(options: Arc<StoreOptions>, directory: Arc<Directory>) -> Self {
        Self { options, directory, nodes: Nodes::default(), bell: Notify::new(), process: OfProcess::new(()) }
    }

    /// Makes a connection beside the requests.
    fn open(&self, address: &Arc<ServerAddress>, begin: Option<Instant>) -> Arc<Node> {
        let node = Arc::new(Node::new(Arc::clone(address), self.options.limits.connection_lifetime));
        let mut opening = Opening::new(Arc::clone(&node));
        let (options, directory) = (Arc::clone(&self.options), Arc::clone(&self.directory));
        tokio::spawn(async move {
            if let Some(begin) = begin {
                sleep_until(begin.into()).await;
                opening.began = Instant::now();
            }
            let address = Arc::clone(&opening.node.address);
            let opened = connect(&options, &directory, &address).await;
            opening.finish(opened);
        });
        node
    }
}

impl Client for TokioClient {
    type Node = Arc<Node>;

    fn options(&self) -> &StoreOptions {
        &self.options
    }

    fn check_process(&self) -> Result<(), StoreError> {
        // The tasks of the connections, and perhaps the whole runtime, are in the parent only.
        self.process.get().map(drop).ok_or_else(forked)
    }

    fn node(&self, address: &Arc<ServerAddress>, now: Instant, came: Instant) -> Arc<Node> {
        self.nodes.get(address, now, came, |begin| self.open(address, begin))
    }

    async fn exchange(
        &self,
        node: &Arc<Node>,
        commands: &Pipeline,
        budget: &Limit,
    ) -> Result<Vec<Reply>, Failed> {
        let opened = match node.opened() {
            Some(opened) => opened,
            None => {
                let waiting = Box::pin(timeout_at(budget.deadline().into(), node.wait()));
                waiting.await.map_err(|_| Failed::unconnected(late(budget, "no connection", Applied::No)))?
            }
        };
        let connection = opened.as_ref().map_err(|failure| Failed::unconnected(shared(&failure.error)))?;
        let response = self.options.limits.response_timeout;
        let deadline = later(Instant::now(), response).min(budget.deadline());
        let heard = connection.heard();
        let replies = timeout_at(deadline.into(), connection.exchange(commands)).await;
        replies.unwrap_or_else(|_| {
            let limit = Limit::until("response_timeout", response, deadline);
            let limit = if deadline == budget.deadline() { budget } else { &limit };
            let error = late(limit, "no reply", Applied::Unknown);
            // A server that only is slow answers others. Giving up their connection would make it slower.
            Err(Failed { error, is_broken: connection.heard() == heard })
        })
    }

    fn close(&self, node: &Arc<Node>, is_broken: bool) {
        self.nodes.close(node, is_broken, Instant::now());
    }

    fn retain(&self, is_needed: impl Fn(&ServerAddress) -> bool) {
        self.nodes.retain(is_needed);
    }

    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        tokio::spawn(work);
    }

    fn ring(&self) {
        self.bell.notify_waiters();
    }

    async fn wait_until(&self, deadline: Instant, is_so: impl Fn() -> bool + Send + Sync) {
        let waiting = async {
            loop {
                // Before the look, so that no ring is missed.
                let mut rung = std::pin::pin!(self.bell.notified());
                rung.as_mut().enable();
                if is_so() {
                    return;
                }
                rung.await;
            }
        };
        // The caller looks again.
        let _ = timeout_at(deadline.into(), waiting).await;
    }

    async fn sleep(&self, pause: Duration) {
        tokio::time::sleep(pause).await;
    }
}
