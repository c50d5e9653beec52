use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use redis::Pipeline;
use session_core::store::{Applied, StoreError, StoreErrorKind};

use super::{connection::Link, pool::Pool};
use crate::{
    options::Settings,
    protocol::{
        errors::{unanswered, unreached},
        replies::Reply,
        requests::{Request, pack},
    },
    retry::{Attempts, Next},
    routing::{directory::Directory, handshake},
    servers::server_address::Address,
};

/// Carries out requests on the calling thread, over pooled connections.
pub(super) struct Executor {
    settings: Settings,
    directory: Directory,
    pool: Pool,
    is_checked: AtomicBool,
}

impl Executor {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            directory: Directory::new(settings.location.topology.clone()),
            pool: Pool::new(settings.pool_size),
            is_checked: AtomicBool::new(false),
            settings,
        }
    }

    pub(super) fn run(&self, request: Request) -> Result<Reply, StoreError> {
        let deadline = Instant::now() + self.settings.budget;
        let slot = self.directory.slot_of(&request);
        let mut attempts = Attempts::new(request, self.directory.may_move());
        loop {
            let pause = match self.attempt(&mut attempts, slot, deadline) {
                Next::Done(answer) => return answer,
                Next::Again(pause) => pause,
            };
            if Instant::now() + pause >= deadline {
                return Err(attempts.give_up());
            }
            thread::sleep(pause);
        }
    }

    fn attempt(&self, attempts: &mut Attempts, slot: u16, deadline: Instant) -> Next {
        let located = match attempts.detour() {
            Some(address) => Ok(Arc::new(address.clone())),
            None => self.locate(slot, deadline),
        };
        let address = match located {
            Ok(address) => address,
            Err(error) => return attempts.failed(error).next,
        };
        let verdict = match self.exchange(&address, &attempts.commands(), deadline) {
            Ok(replies) => attempts.answered(replies, &address),
            Err(error) => attempts.failed(error),
        };
        if verdict.discard {
            self.pool.discard(&address);
        }
        self.directory.heed(&verdict, &address);
        verdict.next
    }

    fn exchange(
        &self,
        address: &Address,
        commands: &Pipeline,
        deadline: Instant,
    ) -> Result<Vec<Reply>, StoreError> {
        let mut lease = self.pool.lease(address, deadline).ok_or_else(|| {
            let reason = "all connections of the pool were in use";
            StoreError::new(StoreErrorKind::Overloaded, Applied::No).with_source(reason)
        })?;
        let link = match &mut lease.link {
            Some(link) => link,
            none => none.insert(self.open(address, deadline)?),
        };
        let until = deadline.min(Instant::now() + self.settings.response_timeout);
        let values = link.exchange(commands, until).map_err(unanswered)?;
        Ok(values.into_iter().map(Reply::from).collect())
    }

    fn locate(&self, slot: u16, deadline: Instant) -> Result<Arc<Address>, StoreError> {
        if let Some(address) = self.directory.find(slot, Instant::now()) {
            return Ok(address);
        }
        let mut failure = None;
        for adviser in self.directory.advisers() {
            if Instant::now() >= deadline {
                break;
            }
            match self.ask(&adviser, deadline) {
                Ok(()) => {
                    self.pool.retain(|address| self.directory.knows(address));
                    return self.directory.located(slot, Instant::now());
                }
                Err(error) => failure = Some(error),
            }
        }
        // Without anybody to ask, the server itself may well be there.
        let known = self.directory.last_known(slot);
        known.ok_or_else(|| failure.unwrap_or_else(|| crate::protocol::errors::out_of_time(Applied::No)))
    }

    fn ask(&self, adviser: &Address, deadline: Instant) -> Result<(), StoreError> {
        let deadline = deadline.min(Instant::now() + self.settings.connect_timeout);
        let replies = self.exchange(adviser, &pack([self.directory.question()]), deadline);
        let replies = replies.inspect_err(|_| self.pool.discard(adviser))?;
        self.directory.learn(adviser, &replies, Instant::now())
    }

    fn open(&self, address: &Address, deadline: Instant) -> Result<Link, StoreError> {
        let left = deadline.saturating_duration_since(Instant::now());
        let timeout = left.min(self.settings.connect_timeout).max(Duration::from_millis(1));
        let until = Instant::now() + timeout;
        let client = self.settings.client(address).map_err(unreached)?;
        let mut link = Link::new(client.get_connection_with_timeout(timeout).map_err(unreached)?);
        let commands = self.directory.greeting(address, self.is_checked.load(Ordering::Relaxed));
        if !commands.is_empty() {
            let values = link.exchange(&pack(commands), until).map_err(unreached)?;
            handshake::check(&values.into_iter().map(Reply::from).collect::<Vec<_>>())?;
            self.is_checked.store(true, Ordering::Relaxed);
        }
        Ok(link)
    }
}
