use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use super::node::{Failure, Node};
use crate::{
    retry::answers,
    servers::{ServerAddress, Trials},
};

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
    /// The connection to this server for a request that came then, made by `open` if there is none that may be used. `open` is
    /// told when to begin.
    pub(super) fn get(
        &self,
        address: &Arc<ServerAddress>,
        now: Instant,
        came: Instant,
        open: impl Fn(Option<Instant>) -> Arc<Node>,
    ) -> Arc<Node> {
        let mut servers = self.lock();
        let is_same = |server: &&mut Server| {
            Arc::ptr_eq(&server.node.address, address) || server.node.address == *address
        };
        if let Some(server) = servers.iter_mut().find(is_same) {
            server.renew(now, came, open);
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
    fn renew(&mut self, now: Instant, came: Instant, open: impl Fn(Option<Instant>) -> Arc<Node>) {
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
            Some(Err(failure)) => {
                let passes_at = self.passes_at(failure);
                if now >= passes_at || !answers(&failure.error, failure.began, came) {
                    self.trials.failed(now);
                    self.node = open(Some(passes_at).filter(|at| *at > now));
                }
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
            Some(Some(Err(failure))) if now >= self.passes_at(failure) => {
                self.trials.failed(now);
                self.next = Some(open(None));
            }
            Some(_) => {}
        }
    }

    /// When another attempt may follow this failure.
    fn passes_at(&self, failure: &Failure) -> Instant {
        let mut trials = self.trials;
        trials.failed(failure.at)
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, time::Duration};

    use super::*;
    use crate::{nonblocking::node::Opening, protocol::errors::interrupted};

    /// A server that is back when the question comes must not be called down because of an attempt from before.
    #[test]
    fn the_failure_of_an_attempt_that_began_before_the_question_costs_another_attempt() {
        let (nodes, begins) = (Nodes::default(), RefCell::new(Vec::new()));
        let address = Arc::new(ServerAddress::Tcp { host: "localhost".to_owned(), port: 1 });
        let get = |now, came| {
            nodes.get(&address, now, came, |begin| {
                begins.borrow_mut().push(begin);
                Arc::new(Node::new(Arc::clone(&address), Duration::from_secs(600)))
            })
        };
        let early = Instant::now();
        let node = get(early, early);
        let opening = Opening::new(Arc::clone(&node));
        let (began, later) = (opening.began, Instant::now() + Duration::from_nanos(1));
        opening.finish(Err(interrupted()));
        assert!(Arc::ptr_eq(&get(later, began), &node), "it began with this question");
        let next = get(later, later);
        assert!(!Arc::ptr_eq(&next, &node), "it is older than the question");
        assert!(begins.borrow().last().is_some_and(|begin| begin.is_some_and(|at| at > later)), "it pauses");
        assert!(Arc::ptr_eq(&get(later, later), &next), "all wait for the same one");
    }
}
