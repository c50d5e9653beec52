use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use session_core::store::{Applied, StoreError, StoreErrorKind};

use super::{
    handshake,
    known::{Known, Lesson},
    slots::slot_of,
};
use crate::{
    protocol::{
        Command, Reply, Request,
        errors::{not_applied, refused, shared},
    },
    retry::{ASKED_TOGETHER, MAX_MASTER_AGE, Next},
    servers::{ServerAddress, Topology},
};

/// Which server serves a slot, as far as is known, and which nodes can be asked. No I/O.
///
/// What was known last is used while nodes are asked. A request waits for them only if nothing is known, if the server has
/// just failed, or if nobody has asked for long; and if the nodes were silent the last time, not even then.
#[derive(Debug)]
pub(crate) struct Directory {
    topology: Topology,
    /// The server, if there is only one.
    single: Option<Arc<ServerAddress>>,
    /// How long a request waits for nodes although a server is known.
    patience: Duration,
    known: Mutex<Known>,
    is_version_checked: AtomicBool,
    /// Whether the server whose version was checked has `SET … IFEQ`, and none was without it since.
    swaps: AtomicBool,
    /// Whether a server or a proxy has hung up at the handshake, which is then left out.
    is_handshake_refused: AtomicBool,
}

/// Where a request goes.
#[derive(Debug)]
pub(crate) enum Place {
    At(Arc<ServerAddress>),
    /// Nodes are being asked. `None`: until they have answered.
    Wait(Option<Instant>),
    /// The nodes were asked, without success.
    Nowhere(StoreError),
}

/// The nodes to ask together, and the number of the round.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) round: u64,
    pub(crate) nodes: Vec<ServerAddress>,
}

impl Directory {
    /// A request waits for at most a quarter of its budget, and no longer than a round takes that began in time; nodes are given
    /// up after the limit.
    pub(crate) fn new(topology: Topology, budget: Duration, limit: Duration) -> Self {
        let single = match &topology {
            Topology::Single(address) => Some(Arc::new(address.clone())),
            _ => None,
        };
        Self {
            topology,
            single,
            patience: (budget / 4).min(MAX_MASTER_AGE / 2),
            known: Mutex::new(Known::new(limit)),
            is_version_checked: AtomicBool::new(false),
            swaps: AtomicBool::new(false),
            is_handshake_refused: AtomicBool::new(false),
        }
    }

    /// Whether another server may replace one that fails, so that waiting helps.
    pub(crate) const fn may_move(&self) -> bool {
        self.single.is_none()
    }

    /// The commands that a new connection to this server begins with.
    pub(crate) fn handshake(&self, address: &ServerAddress) -> Vec<Command> {
        if self.is_handshake_refused.load(Ordering::Relaxed) {
            return Vec::new();
        }
        let is_new = !self.is_version_checked.load(Ordering::Relaxed);
        match &self.topology {
            Topology::Sentinel { sentinels, .. } if sentinels.contains(address) => {
                handshake::commands(false, false)
            }
            Topology::Sentinel { .. } => handshake::commands(is_new, true),
            _ => handshake::commands(is_new, false),
        }
    }

    /// Checks the replies to the handshake.
    pub(crate) fn check_handshake(&self, replies: &[Reply]) -> Result<(), StoreError> {
        handshake::check(replies)?;
        if handshake::has_version(replies) && !self.is_version_checked.swap(true, Ordering::Relaxed) {
            self.swaps.store(handshake::swaps(replies), Ordering::Relaxed);
        }
        Ok(())
    }

    /// Whether the servers have `SET … IFEQ`, as far as is known.
    pub(crate) fn swaps(&self) -> bool {
        self.swaps.load(Ordering::Relaxed)
    }

    /// A server has answered that it does not know `SET … IFEQ`.
    pub(crate) fn forget_swap(&self) {
        self.swaps.store(false, Ordering::Relaxed);
    }

    /// The connection was closed at the handshake. Some proxies do that with a command that they do not know.
    pub(crate) fn refuse_handshake(&self) {
        // Behind sentinels the role must be known.
        self.is_handshake_refused.store(self.single.is_some(), Ordering::Relaxed);
    }

    /// The slot of the request; 0 if there are no slots.
    pub(crate) fn slot_of(&self, request: &Request) -> u16 {
        if matches!(self.topology, Topology::Cluster { .. }) { slot_of(request.key()) } else { 0 }
    }

    /// The server of a slot, and the nodes that must be asked now, beside the request.
    pub(crate) fn find(&self, slot: u16, now: Instant) -> (Place, Option<Asked>) {
        if let Some(single) = &self.single {
            return (Place::At(Arc::clone(single)), None);
        }
        let mut known = self.lock();
        let is_of_sentinels = matches!(self.topology, Topology::Sentinel { .. });
        // Asked about before it is too old, so that no request has to wait.
        let is_older = |age| is_of_sentinels && known.is_older(age, now);
        let address = known.server(slot).cloned();
        let is_due = known.is_stale || address.is_none() || is_older(MAX_MASTER_AGE / 2);
        let is_too_old = is_older(MAX_MASTER_AGE);
        let asked = (is_due && known.rounds.may_begin(now)).then(|| {
            let nodes = self.next_nodes(&known);
            Asked { round: known.rounds.begin(nodes.len(), now), nodes }
        });
        let began = known.rounds.began(now);
        let place = match (address, began) {
            (None, Some(_)) => Place::Wait(None),
            (None, None) => Place::Nowhere(match known.rounds.failure() {
                Some(failure) => shared(failure),
                None => unavailable("no server of the cluster serves the slot".to_owned()),
            }),
            (Some(address), Some(began)) => {
                let until = began + self.patience;
                let is_doubtful = is_too_old || known.suspects.contains(&*address);
                if is_doubtful && !known.rounds.has_failed() && now < until {
                    Place::Wait(Some(until))
                } else {
                    Place::At(address)
                }
            }
            (Some(address), None) => Place::At(address),
        };
        (place, asked)
    }

    /// All sentinels, or some of the nodes of a cluster.
    fn next_nodes(&self, known: &Known) -> Vec<ServerAddress> {
        let mut nodes = known.order(self.all_nodes(known));
        if matches!(self.topology, Topology::Cluster { .. }) {
            nodes.truncate(ASKED_TOGETHER);
        }
        nodes
    }

    fn all_nodes<'a>(&'a self, known: &'a Known) -> Vec<&'a ServerAddress> {
        match &self.topology {
            Topology::Single(_) => Vec::new(),
            Topology::Sentinel { sentinels, .. } => sentinels.iter().collect(),
            Topology::Cluster { seeds } => known.slots.masters().chain(seeds).collect(),
        }
    }

    /// The nodes that know which server serves a slot, in the order in which to ask them.
    #[cfg(any(feature = "blocking", test, fuzzing))]
    pub(crate) fn nodes_to_ask(&self) -> Vec<ServerAddress> {
        let known = self.lock();
        known.order(self.all_nodes(&known))
    }

    /// The command that asks a node.
    pub(crate) fn question(&self) -> Command {
        match &self.topology {
            Topology::Sentinel { master, .. } => {
                Command::new("SENTINEL", [&b"GET-MASTER-ADDR-BY-NAME"[..], master.as_bytes()])
            }
            _ => Command::new("CLUSTER", [&b"SLOTS"[..]]),
        }
    }

    /// Takes in what a node of a round has replied, or why it has not. Returns whether the servers may have changed.
    pub(crate) fn learn(
        &self,
        round: u64,
        node: &ServerAddress,
        replies: Result<Vec<Reply>, StoreError>,
        now: Instant,
    ) -> bool {
        let lesson = replies.and_then(|replies| self.read(node, replies.first()));
        self.lock().learn(round, node, lesson, now)
    }

    fn read(&self, node: &ServerAddress, reply: Option<&Reply>) -> Result<Lesson, StoreError> {
        let reply = match reply {
            Some(Reply::Error(line)) => return Err(not_applied(refused(line))),
            Some(reply) => reply,
            None => &Reply::Other,
        };
        let unusable = |reason: &str| unavailable(format!("{node} {reason}"));
        match &self.topology {
            Topology::Sentinel { .. } => {
                Lesson::master(reply, node).ok_or_else(|| unusable("knows no master of this name"))
            }
            _ => Lesson::slots(reply, node).ok_or_else(|| unusable("has no map of slots")),
        }
    }

    /// Asks in place of a round.
    ///
    /// # Errors
    /// If the reply names no server.
    #[cfg(any(feature = "blocking", fuzzing))]
    pub(crate) fn learn_from(
        &self,
        node: &ServerAddress,
        reply: Reply,
        now: Instant,
    ) -> Result<(), StoreError> {
        let lesson = self.read(node, Some(&reply))?;
        let mut known = self.lock();
        let round = known.rounds.begin(1, now);
        known.learn(round, node, Ok(lesson), now);
        Ok(())
    }

    /// The server of a slot when a node last replied.
    #[cfg(any(feature = "blocking", fuzzing))]
    pub(crate) fn last_known(&self, slot: u16) -> Option<Arc<ServerAddress>> {
        self.lock().server(slot).cloned()
    }

    /// Takes note of what an attempt at this server has shown.
    pub(crate) fn note_result(&self, next: &Next, slot: u16, server: &ServerAddress) {
        if self.single.is_none() && (next.refresh_routing || next.close_connection) {
            self.lock().note_result(next, slot, server);
        }
    }

    /// Whether a connection to this server may still be needed.
    pub(crate) fn knows(&self, address: &ServerAddress) -> bool {
        let known = self.lock();
        match &self.topology {
            Topology::Single(_) => true,
            Topology::Sentinel { sentinels, .. } => {
                known.master.as_deref() == Some(address) || sentinels.contains(address)
            }
            Topology::Cluster { seeds } => known.servers().chain(seeds).any(|node| node == address),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unavailable(reason: String) -> StoreError {
    StoreError::new(StoreErrorKind::Unavailable, Applied::No).with_source(reason)
}
