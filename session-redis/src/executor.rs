use std::{
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use redis::Pipeline;
use session_core::store::{Applied, StoreError};

use crate::{
    limits::Limits,
    options::StoreOptions,
    protocol::{Reply, Request, errors::timeout, pack},
    retry::{Retry, Step},
    routing::Directory,
    servers::ServerAddress,
};

/// How one of the two APIs connects and waits. The futures of the blocking API are ready when they are first polled.
pub(crate) trait Client: Send + Sync {
    /// The connections to one server.
    type Node: Send + Sync;

    fn options(&self) -> &StoreOptions;

    fn node(&self, address: &Arc<ServerAddress>) -> Self::Node;

    /// Sends these commands together and waits for a reply to each.
    fn exchange(
        &self,
        directory: &Directory,
        node: &Self::Node,
        commands: &Pipeline,
        deadline: Instant,
    ) -> impl Future<Output = Result<Vec<Reply>, StoreError>> + Send;

    /// Makes the next request open a new connection, unless another request has already done so.
    fn close(&self, node: &Self::Node);

    /// Closes the connections to servers that are not needed any more.
    fn retain(&self, is_needed: impl Fn(&ServerAddress) -> bool);

    /// Lets one request ask where a slot is, while the others wait for what it learns. `None` at the deadline.
    fn in_turn<T: Send>(
        &self,
        deadline: Instant,
        work: impl Future<Output = T> + Send,
    ) -> impl Future<Output = Option<T>> + Send;

    fn sleep(&self, pause: Duration) -> impl Future<Output = ()> + Send;
}

/// Sends a request to the server of its slot, as often as [`Retry`] and the budget allow.
pub(crate) struct Executor<C> {
    directory: Directory,
    limits: Limits,
    client: C,
}

impl<C: Client> Executor<C> {
    pub(crate) fn new(client: C) -> Self {
        let options = client.options();
        Self { directory: Directory::new(options.endpoint.topology.clone()), limits: options.limits, client }
    }

    pub(crate) async fn execute(&self, request: Request) -> Result<Reply, StoreError> {
        let mut now = Instant::now();
        let deadline = now + self.limits.budget;
        let slot = self.directory.slot_of(&request);
        let mut retry = Retry::new(request, self.directory.may_move());
        loop {
            let pause = match self.attempt(&mut retry, slot, now, deadline).await {
                Step::Done(result) => return result,
                Step::Repeat(pause) => pause,
            };
            if Instant::now() + pause >= deadline {
                return Err(retry.give_up());
            }
            // Boxed like all that is rare, because it would make the future of every request larger.
            Box::pin(self.client.sleep(pause)).await;
            now = Instant::now();
        }
    }

    async fn attempt(&self, retry: &mut Retry, slot: u16, now: Instant, deadline: Instant) -> Step {
        let ask_redirect = retry.redirects.ask_redirect().map(|address| Arc::new(address.clone()));
        let located = match ask_redirect.or_else(|| self.directory.find(slot, now)) {
            Some(address) => Ok(address),
            None => {
                let locate = Box::pin(self.locate(slot, deadline));
                let located = Box::pin(self.client.in_turn(deadline, locate)).await;
                located.unwrap_or_else(|| Err(timeout(Applied::No)))
            }
        };
        let address = match located {
            Ok(address) => address,
            Err(error) => return retry.failed(error).step,
        };
        let node = self.client.node(&address);
        let replies =
            self.client.exchange(&self.directory, &node, &retry.redirects.commands(), deadline).await;
        let next = match replies {
            Ok(replies) => retry.answered(replies, &address),
            Err(error) => retry.failed(error),
        };
        if next.close_connection {
            self.client.close(&node);
        }
        self.directory.note_result(&next, &address);
        next.step
    }

    /// Asks the nodes where the slot is.
    async fn locate(&self, slot: u16, deadline: Instant) -> Result<Arc<ServerAddress>, StoreError> {
        if let Some(address) = self.directory.find(slot, Instant::now()) {
            return Ok(address);
        }
        let mut failure = timeout(Applied::No);
        for node in self.directory.nodes_to_ask() {
            if Instant::now() >= deadline {
                break;
            }
            match self.ask(node, deadline).await {
                Ok(()) => {
                    self.client.retain(|address| self.directory.knows(address));
                    return self.directory.located(slot, Instant::now());
                }
                Err(error) => failure = error,
            }
        }
        // No node replied, but the server may still be there.
        self.directory.last_known(slot).ok_or(failure)
    }

    async fn ask(&self, address: ServerAddress, deadline: Instant) -> Result<(), StoreError> {
        let node = self.client.node(&Arc::new(address.clone()));
        let deadline = deadline.min(Instant::now() + self.limits.connect_timeout);
        let question = pack([self.directory.question()]);
        let replies = self.client.exchange(&self.directory, &node, &question, deadline).await;
        let replies = replies.inspect_err(|_| self.client.close(&node))?;
        self.directory.learn(&address, &replies, Instant::now())
    }
}
