use std::{
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use redis::Pipeline;
use session_core::store::{Applied, StoreError};
use session_net::{Limit, Limits};

use crate::{
    options::StoreOptions,
    protocol::{
        Reply, Request,
        errors::{interrupted, late},
        pack,
    },
    retry::{Failed, Retry, Step},
    routing::{Asked, Directory, Place},
    servers::ServerAddress,
};

/// How one of the two APIs connects and waits. The futures of the blocking API are ready when they are first polled.
pub(crate) trait Client: Send + Sync + 'static {
    /// The connections to one server.
    type Node: Send + Sync;

    fn options(&self) -> &StoreOptions;

    /// # Errors
    /// If this process is a child of the one that the connections belong to.
    fn check_process(&self) -> Result<(), StoreError>;

    /// The connections to this server, for a request that came then.
    fn node(&self, address: &Arc<ServerAddress>, now: Instant, came: Instant) -> Self::Node;

    /// Sends these commands together and waits for a reply to each.
    fn exchange(
        &self,
        node: &Self::Node,
        commands: &Pipeline,
        budget: &Limit,
    ) -> impl Future<Output = Result<Vec<Reply>, Failed>> + Send;

    /// Makes the next request open a new connection, unless another request has already done so. A connection that works
    /// may stay.
    fn close(&self, node: &Self::Node, is_broken: bool);

    /// Closes the connections to servers that are not needed any more.
    fn retain(&self, is_needed: impl Fn(&ServerAddress) -> bool);

    /// Does this beside the requests. It is dropped if nobody can do it.
    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static);

    /// Tells all that wait that something has changed.
    fn ring(&self);

    /// Waits until this is so, until the given time at most.
    fn wait_until(
        &self,
        deadline: Instant,
        is_so: impl Fn() -> bool + Send + Sync,
    ) -> impl Future<Output = ()> + Send;

    fn sleep(&self, pause: Duration) -> impl Future<Output = ()> + Send;
}

/// Sends a request to the server of its slot, as often as [`Retry`] and the budget allow.
pub(crate) struct Executor<C> {
    routes: Arc<Routes<C>>,
    limits: Limits,
}

/// What the tasks beside the requests share with them.
struct Routes<C> {
    directory: Arc<Directory>,
    client: C,
}

impl<C: Client> Executor<C> {
    pub(crate) fn new(
        options: Arc<StoreOptions>,
        client: impl FnOnce(Arc<StoreOptions>, Arc<Directory>) -> C,
    ) -> Self {
        let limits = options.limits;
        let round = limits.connect_timeout.saturating_add(limits.response_timeout);
        let directory = Directory::new(options.endpoint.topology.clone(), limits.budget, round);
        let directory = Arc::new(directory);
        let client = client(options, Arc::clone(&directory));
        Self { routes: Arc::new(Routes { directory, client }), limits }
    }

    /// Whether the servers have `SET … IFEQ`, as far as is known.
    pub(crate) fn swaps(&self) -> bool {
        self.routes.directory.swaps()
    }

    pub(crate) async fn execute(&self, request: Request) -> Result<Reply, StoreError> {
        let Routes { directory, client } = &*self.routes;
        client.check_process()?;
        let came = Instant::now();
        let budget = Limit::until("budget", self.limits.budget, later(came, self.limits.budget));
        let slot = directory.slot_of(&request);
        let mut retry = Retry::new(request, directory.may_move());
        let mut now = came;
        loop {
            let pause = match self.attempt(&mut retry, slot, [came, now], &budget).await {
                Step::Done(result) => return result,
                Step::Repeat(pause) => pause,
            };
            if Instant::now() + pause >= budget.deadline() {
                return Err(retry.give_up(&budget));
            }
            // Boxed like all that is rare, because it would make the future of every request larger.
            Box::pin(client.sleep(pause)).await;
            now = Instant::now();
        }
    }

    async fn attempt(&self, retry: &mut Retry, slot: u16, [came, now]: [Instant; 2], budget: &Limit) -> Step {
        let Routes { directory, client } = &*self.routes;
        let address = match retry.redirects.ask_redirect() {
            Some(address) => Arc::new(address.clone()),
            None => match self.routes.find(slot, now) {
                Place::At(address) => address,
                place => match Box::pin(self.routes.locate(place, slot, budget)).await {
                    Ok(address) => address,
                    Err(error) => return retry.failed(Failed::harmless(error)).step,
                },
            },
        };
        let node = client.node(&address, now, came);
        let replies = client.exchange(&node, &retry.redirects.commands(), budget).await;
        let is_broken = replies.is_err();
        let next = match replies {
            Ok(replies) => retry.answered(replies, &address),
            Err(failed) => retry.failed(failed),
        };
        if next.close_connection {
            client.close(&node, is_broken);
        }
        directory.note_result(&next, slot, &address);
        if retry.redirects.lacks_swap() {
            directory.forget_swap();
        }
        next.step
    }
}

impl<C: Client> Routes<C> {
    /// Where the slot is. Lets nodes be asked if it is time to.
    fn find(self: &Arc<Self>, slot: u16, now: Instant) -> Place {
        let (place, asked) = self.directory.find(slot, now);
        if let Some(asked) = asked {
            self.ask(asked);
        }
        place
    }

    /// Waits for the nodes that are being asked.
    async fn locate(
        self: &Arc<Self>,
        mut place: Place,
        slot: u16,
        budget: &Limit,
    ) -> Result<Arc<ServerAddress>, StoreError> {
        loop {
            let until = match place {
                Place::At(address) => return Ok(address),
                Place::Nowhere(error) => return Err(error),
                Place::Wait(_) if budget.has_passed() => {
                    return Err(late(budget, "where the server is, is not known", Applied::No));
                }
                Place::Wait(until) => until.map_or(budget.deadline(), |until| until.min(budget.deadline())),
            };
            let is_known = || !matches!(self.find(slot, Instant::now()), Place::Wait(_));
            self.client.wait_until(until, is_known).await;
            place = self.find(slot, Instant::now());
        }
    }

    fn ask(self: &Arc<Self>, asked: Asked) {
        for node in asked.nodes {
            let question = Question { routes: Arc::clone(self), round: asked.round, node, replies: None };
            self.client.spawn(question.ask());
        }
    }
}

/// One node that is asked. What becomes of it is told when it is dropped, also with its runtime.
struct Question<C: Client> {
    routes: Arc<Routes<C>>,
    round: u64,
    node: ServerAddress,
    replies: Option<Result<Vec<Reply>, StoreError>>,
}

impl<C: Client> Question<C> {
    async fn ask(mut self) {
        let Routes { directory, client } = &*self.routes;
        let options = client.options().limits;
        let length = options.connect_timeout.saturating_add(options.response_timeout);
        let limit = Limit::start("connect_timeout", length);
        let now = Instant::now();
        let node = client.node(&Arc::new(self.node.clone()), now, now);
        let replies = client.exchange(&node, &pack([directory.question()]), &limit).await;
        self.replies = Some(replies.map_err(|failed| {
            if failed.is_broken {
                client.close(&node, true);
            }
            failed.error
        }));
    }
}

impl<C: Client> Drop for Question<C> {
    fn drop(&mut self) {
        let Routes { directory, client } = &*self.routes;
        let replies = self.replies.take().unwrap_or_else(|| Err(interrupted()));
        if directory.learn(self.round, &self.node, replies, Instant::now()) {
            client.retain(|address| directory.knows(address));
        }
        client.ring();
    }
}

/// A length that no clock can reach is as good as an hour.
pub(crate) fn later(now: Instant, length: Duration) -> Instant {
    now.checked_add(length).unwrap_or(now + Duration::from_secs(3600))
}
