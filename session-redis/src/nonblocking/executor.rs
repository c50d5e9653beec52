use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use redis::{
    AsyncConnectionConfig,
    aio::{ConnectionLike as _, MultiplexedConnection},
};
use session_core::store::{Applied, StoreError};
use tokio::{
    sync::OnceCell,
    time::{timeout, timeout_at},
};

use crate::{
    address::Address,
    attempts::{Attempts, Next},
    directory::Directory,
    failure::{out_of_time, unanswered, unreached},
    greeting,
    reply::Reply,
    request::{Command, Request},
    settings::Settings,
    value,
};

/// Carries out requests over one multiplexed connection to each server.
pub(super) struct Executor {
    settings: Settings,
    directory: Directory,
    nodes: Mutex<HashMap<Address, Node>>,
    /// One caller asks where things are, the others wait for the answer.
    asking: tokio::sync::Mutex<()>,
    is_checked: AtomicBool,
}

/// A connection, once it is made. All who need it wait for the one that makes it.
type Node = Arc<OnceCell<MultiplexedConnection>>;

impl Executor {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            directory: Directory::new(settings.location.topology.clone()),
            settings,
            nodes: Mutex::default(),
            asking: tokio::sync::Mutex::default(),
            is_checked: AtomicBool::new(false),
        }
    }

    pub(super) async fn run(&self, request: Request) -> Result<Reply, StoreError> {
        let deadline = Instant::now() + self.settings.budget;
        let slot = request.slot();
        let mut attempts = Attempts::new(request, self.directory.may_move());
        loop {
            let pause = match self.attempt(&mut attempts, slot, deadline).await {
                Next::Done(answer) => return answer,
                Next::Again(pause) => pause,
            };
            if Instant::now() + pause >= deadline {
                return Err(attempts.give_up());
            }
            tokio::time::sleep(pause).await;
        }
    }

    async fn attempt(&self, attempts: &mut Attempts, slot: u16, deadline: Instant) -> Next {
        let known = attempts.detour().cloned().or_else(|| self.directory.find(slot, Instant::now()));
        let located = match known {
            Some(address) => Ok(address),
            None => {
                let locate = timeout_at(deadline.into(), self.locate(slot));
                locate.await.unwrap_or_else(|_| Err(out_of_time(Applied::No)))
            }
        };
        let address = match located {
            Ok(address) => address,
            Err(error) => return attempts.failed(error).next,
        };
        let node = self.node(&address);
        let verdict = match self.exchange(&address, &node, &attempts.commands(), deadline).await {
            Ok(replies) => attempts.answered(replies, &address),
            Err(error) => attempts.failed(error),
        };
        if verdict.discard {
            self.discard(&address, &node);
        }
        self.directory.heed(&verdict, &address);
        verdict.next
    }

    async fn exchange(
        &self,
        address: &Address,
        node: &Node,
        commands: &[&Command],
        deadline: Instant,
    ) -> Result<Vec<Reply>, StoreError> {
        let mut connection = match node.get() {
            Some(connection) => connection.clone(),
            None => {
                let connected =
                    timeout_at(deadline.into(), node.get_or_try_init(|| self.open(address))).await;
                connected.map_err(|_| out_of_time(Applied::No))??.clone()
            }
        };
        let until = deadline.min(Instant::now() + self.settings.response_timeout);
        let pipeline = value::pipeline(commands);
        let sent = connection.req_packed_commands(&pipeline, 0, commands.len());
        let values = timeout_at(until.into(), sent).await.map_err(|_| out_of_time(Applied::Unknown))?;
        Ok(values.map_err(unanswered)?.into_iter().map(Reply::from).collect())
    }

    async fn locate(&self, slot: u16) -> Result<Address, StoreError> {
        if let Some(address) = self.directory.find(slot, Instant::now()) {
            return Ok(address);
        }
        let _turn = self.asking.lock().await;
        if let Some(address) = self.directory.find(slot, Instant::now()) {
            return Ok(address);
        }
        let mut failure = out_of_time(Applied::No);
        for adviser in self.directory.advisers() {
            match self.ask(&adviser).await {
                Ok(()) => {
                    self.lock().retain(|address, _| self.directory.knows(address));
                    return self.directory.located(slot, Instant::now());
                }
                Err(error) => failure = error,
            }
        }
        // Without anybody to ask, the server itself may well be there.
        self.directory.last_known(slot).ok_or(failure)
    }

    async fn ask(&self, adviser: &Address) -> Result<(), StoreError> {
        let node = self.node(adviser);
        let deadline = Instant::now() + self.settings.connect_timeout;
        match self.exchange(adviser, &node, &[&self.directory.question()], deadline).await {
            Ok(replies) => self.directory.learn(adviser, &replies, Instant::now()),
            Err(error) => {
                self.discard(adviser, &node);
                Err(error)
            }
        }
    }

    async fn open(&self, address: &Address) -> Result<MultiplexedConnection, StoreError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.settings.connect_timeout))
            // Every exchange has a deadline of its own.
            .set_response_timeout(None);
        let client = self.settings.client(address).map_err(unreached)?;
        let connecting = client.get_multiplexed_async_connection_with_config(&config);
        let mut connection = connecting.await.map_err(unreached)?;
        let commands = self.directory.greeting(address, self.is_checked.load(Ordering::Relaxed));
        if !commands.is_empty() {
            let commands: Vec<&Command> = commands.iter().collect();
            let pipeline = value::pipeline(&commands);
            let asked = connection.req_packed_commands(&pipeline, 0, commands.len());
            let values = timeout(self.settings.connect_timeout, asked).await;
            let values = values.map_err(|_| out_of_time(Applied::No))?;
            greeting::check(&values.map_err(unreached)?.into_iter().map(Reply::from).collect::<Vec<_>>())?;
            self.is_checked.store(true, Ordering::Relaxed);
        }
        Ok(connection)
    }

    fn node(&self, address: &Address) -> Node {
        let mut nodes = self.lock();
        if let Some(node) = nodes.get(address) {
            return Arc::clone(node);
        }
        Arc::clone(nodes.entry(address.clone()).or_default())
    }

    /// Has the next request make a new connection, unless another has already seen to it.
    fn discard(&self, address: &Address, node: &Node) {
        let mut nodes = self.lock();
        if nodes.get(address).is_some_and(|current| Arc::ptr_eq(current, node)) {
            nodes.remove(address);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Address, Node>> {
        self.nodes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
