use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use super::node::{Failure, Node};
use crate::servers::{ServerAddress, Trials};

/// The connection to each server, and when another one is made.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    /// A handful at most, so a linear scan is fastest.
    servers: Mutex<Vec<Server>>,
}

#[derive(Debug)]
struct Server {
    node: Arc<Node>,
    /// The connection that replaces it.
    next: Option<Arc<Node>>,
    trials: Trials,
    /// When another connection may be made, because this one must not be used again.
    reopen_at: Option<Instant>,
}

impl Nodes {
    /// The connection to this server, made by `open` if there is none that may be used. `open` is told when to begin.
    pub(super) fn get(
        &self,
        address: &Arc<ServerAddress>,
        now: Instant,
        open: impl Fn(Option<Instant>) -> Arc<Node>,
    ) -> Arc<Node> {
        let mut servers = self.lock();
        let is_same = |server: &&mut Server| {
            Arc::ptr_eq(&server.node.address, address) || server.node.address == *address
        };
        if let Some(server) = servers.iter_mut().find(is_same) {
            server.renew(now, open);
            return Arc::clone(&server.node);
        }
        let node = open(None);
        let (next, trials, reopen_at) = (None, Trials::default(), None);
        servers.push(Server { node: Arc::clone(&node), next, trials, reopen_at });
        node
    }

    /// The connection is broken, or it works and leads to the wrong server. In that case one that was made a moment ago for
    /// the same reason stays.
    pub(super) fn close(&self, node: &Arc<Node>, is_broken: bool, now: Instant) {
        let mut servers = self.lock();
        let is_same = |server: &&mut Server| Arc::ptr_eq(&server.node, node) && server.reopen_at.is_none();
        let Some(server) = servers.iter_mut().find(is_same) else { return };
        let age = node.life.age(now);
        // A failure to connect has its own end.
        let is_open = matches!(node.opened(), Some(Ok(_)));
        if is_open && (is_broken || server.trials.is_old_enough(age)) {
            server.reopen_at = Some(server.trials.ended(age, now));
        }
    }

    pub(super) fn retain(&self, is_needed: impl Fn(&ServerAddress) -> bool) {
        self.lock().retain(|server| is_needed(&server.node.address));
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Server>> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Server {
    /// Has another connection made if it is time to.
    fn renew(&mut self, now: Instant, open: impl Fn(Option<Instant>) -> Arc<Node>) {
        if let Some(reopen_at) = self.reopen_at.take() {
            self.node = open(Some(reopen_at).filter(|at| *at > now));
            self.next = None;
            return;
        }
        match self.node.opened() {
            Some(Ok(_)) if self.node.was_idle_for_too_long(now) => {
                self.trials.succeeded();
                self.node = open(None);
                self.next = None;
            }
            Some(Ok(_)) if self.node.life.is_over(now) => self.succeed(now, open),
            Some(Err(failure)) if self.has_passed(failure, now) => {
                self.trials.failed(now);
                self.node = open(None);
            }
            _ => {}
        }
    }

    /// The next connection is made while this one is used, and this one ends after its last reply.
    fn succeed(&mut self, now: Instant, open: impl Fn(Option<Instant>) -> Arc<Node>) {
        match self.next.as_ref().map(|next| next.opened()) {
            None => self.next = Some(open(None)),
            Some(Some(Ok(_))) => {
                self.node = self.next.take().unwrap_or_else(|| open(None));
                self.trials.succeeded();
            }
            Some(Some(Err(failure))) if self.has_passed(failure, now) => {
                self.trials.failed(now);
                self.next = Some(open(None));
            }
            Some(_) => {}
        }
    }

    /// Whether this failure has been told for long enough.
    fn has_passed(&self, failure: &Failure, now: Instant) -> bool {
        let mut trials = self.trials;
        now >= trials.failed(failure.at)
    }
}
