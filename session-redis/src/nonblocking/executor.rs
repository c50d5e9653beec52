use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use redis::Pipeline;
use session_core::store::{Applied, StoreError};
use tokio::{sync::OnceCell, time::timeout_at};

use super::{connect::open, connection::Connection};
use crate::{
    options::Settings,
    protocol::{
        errors::out_of_time,
        replies::Reply,
        requests::{Request, pack},
    },
    retry::{Attempts, Next},
    routing::{directory::Directory, handshake},
    servers::server_address::Address,
};

/// Carries out requests over one multiplexed connection to each server.
pub(super) struct Executor {
    settings: Settings,
    directory: Directory,
    /// So few that to look at each is the least work.
    nodes: Mutex<Vec<(Arc<Address>, Node)>>,
    /// One caller asks where things are, the others wait for the answer.
    asking: tokio::sync::Mutex<()>,
    is_checked: AtomicBool,
}

/// A connection, once it is made. All who need it wait for the one that makes it.
type Node = Arc<OnceCell<Connection>>;

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
        let mut now = Instant::now();
        let deadline = now + self.settings.budget;
        let slot = self.directory.slot_of(&request);
        let mut attempts = Attempts::new(request, self.directory.may_move());
        loop {
            let pause = match self.attempt(&mut attempts, slot, now, deadline).await {
                Next::Done(answer) => return answer,
                Next::Again(pause) => pause,
            };
            if Instant::now() + pause >= deadline {
                return Err(attempts.give_up());
            }
            Box::pin(tokio::time::sleep(pause)).await;
            now = Instant::now();
        }
    }

    async fn attempt(&self, attempts: &mut Attempts, slot: u16, now: Instant, deadline: Instant) -> Next {
        let detour = attempts.detour().map(|address| Arc::new(address.clone()));
        let known = detour.or_else(|| self.directory.find(slot, now));
        let located = match known {
            Some(address) => Ok(address),
            None => {
                // In a box, as all that is rarely needed, so that the future of a request stays small.
                let locate = timeout_at(deadline.into(), Box::pin(self.locate(slot)));
                locate.await.unwrap_or_else(|_| Err(out_of_time(Applied::No)))
            }
        };
        let address = match located {
            Ok(address) => address,
            Err(error) => return attempts.failed(error).next,
        };
        let node = self.node(&address);
        let answered = self.exchange(&address, &node, &attempts.commands(), deadline).await;
        let verdict = match answered {
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
        commands: &Pipeline,
        deadline: Instant,
    ) -> Result<Vec<Reply>, StoreError> {
        let connection = match node.get() {
            Some(connection) => connection,
            None => {
                let opening = Box::pin(node.get_or_try_init(|| self.open(address)));
                let connected = timeout_at(deadline.into(), opening).await;
                connected.map_err(|_| out_of_time(Applied::No))??
            }
        };
        let until = deadline.min(Instant::now() + self.settings.response_timeout);
        let answered = timeout_at(until.into(), connection.exchange(commands)).await;
        answered.map_err(|_| out_of_time(Applied::Unknown))?
    }

    async fn locate(&self, slot: u16) -> Result<Arc<Address>, StoreError> {
        if let Some(address) = self.directory.find(slot, Instant::now()) {
            return Ok(address);
        }
        let _turn = self.asking.lock().await;
        if let Some(address) = self.directory.find(slot, Instant::now()) {
            return Ok(address);
        }
        let mut failure = out_of_time(Applied::No);
        for adviser in self.directory.advisers() {
            match self.ask(&Arc::new(adviser)).await {
                Ok(()) => {
                    self.lock().retain(|(address, _)| self.directory.knows(address));
                    return self.directory.located(slot, Instant::now());
                }
                Err(error) => failure = error,
            }
        }
        // Without anybody to ask, the server itself may well be there.
        self.directory.last_known(slot).ok_or(failure)
    }

    async fn ask(&self, adviser: &Arc<Address>) -> Result<(), StoreError> {
        let node = self.node(adviser);
        let deadline = Instant::now() + self.settings.connect_timeout;
        let question = pack([self.directory.question()]);
        match self.exchange(adviser, &node, &question, deadline).await {
            Ok(replies) => self.directory.learn(adviser, &replies, Instant::now()),
            Err(error) => {
                self.discard(adviser, &node);
                Err(error)
            }
        }
    }

    async fn open(&self, address: &Address) -> Result<Connection, StoreError> {
        let greeting = self.directory.greeting(address, self.is_checked.load(Ordering::Relaxed));
        let is_asked = !greeting.is_empty();
        let (connection, replies) = open(&self.settings, address, greeting).await?;
        handshake::check(&replies)?;
        self.is_checked.fetch_or(is_asked, Ordering::Relaxed);
        Ok(connection)
    }

    fn node(&self, address: &Arc<Address>) -> Node {
        let mut nodes = self.lock();
        let known = nodes.iter().find(|(known, _)| Arc::ptr_eq(known, address) || known == address);
        if let Some((_, node)) = known {
            return Arc::clone(node);
        }
        let node = Node::default();
        nodes.push((Arc::clone(address), Arc::clone(&node)));
        node
    }

    /// Has the next request make a new connection, unless another has already seen to it.
    fn discard(&self, address: &Address, node: &Node) {
        self.lock().retain(|(known, current)| **known != *address || !Arc::ptr_eq(current, node));
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(Arc<Address>, Node)>> {
        self.nodes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
