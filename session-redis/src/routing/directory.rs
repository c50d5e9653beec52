use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use session_core::store::{Applied, StoreError, StoreErrorKind};

use super::{
    handshake,
    slots::{Slots, slot_of},
};
use crate::{
    protocol::{
        Command, Reply, Request,
        errors::{not_applied, refused},
    },
    retry::{MAX_MASTER_AGE, Next},
    servers::{ServerAddress, Topology},
};

/// Which server serves a slot, as far as is known, and which nodes can be asked. No I/O.
#[derive(Debug)]
pub(crate) struct Directory {
    topology: Topology,
    /// The server, if there is only one.
    single: Option<Arc<ServerAddress>>,
    known: Mutex<Known>,
    is_version_checked: AtomicBool,
}

#[derive(Debug, Default)]
struct Known {
    master: Option<Arc<ServerAddress>>,
    slots: Slots,
    /// When a node said so; `None` if that is stale.
    since: Option<Instant>,
    /// The node to ask first: the one that replied last, or that a redirection named.
    preferred: Option<ServerAddress>,
    /// The node to ask last.
    last_failed: Option<ServerAddress>,
}

impl Directory {
    pub(crate) fn new(topology: Topology) -> Self {
        let single = match &topology {
            Topology::Single(address) => Some(Arc::new(address.clone())),
            _ => None,
        };
        Self { topology, single, known: Mutex::default(), is_version_checked: AtomicBool::new(false) }
    }

    /// Whether another server may replace one that fails, so that waiting helps.
    pub(crate) const fn may_move(&self) -> bool {
        self.single.is_none()
    }

    /// The commands that a new connection to this server begins with.
    pub(crate) fn handshake(&self, address: &ServerAddress) -> Vec<Command> {
        let is_new = !self.is_version_checked.load(Ordering::Relaxed);
        match &self.topology {
            Topology::Sentinel { sentinels, .. } if sentinels.contains(address) => Vec::new(),
            Topology::Sentinel { .. } => handshake::commands(is_new, true),
            _ => handshake::commands(is_new, false),
        }
    }

    /// Checks the replies to the handshake.
    pub(crate) fn check_handshake(&self, replies: &[Reply]) -> Result<(), StoreError> {
        handshake::check(replies)?;
        self.is_version_checked.fetch_or(!replies.is_empty(), Ordering::Relaxed);
        Ok(())
    }

    /// The slot of the request; 0 if there are no slots.
    pub(crate) fn slot_of(&self, request: &Request) -> u16 {
        if matches!(self.topology, Topology::Cluster { .. }) { slot_of(request.key()) } else { 0 }
    }

    /// The server of a slot, or `None` if a node must be asked first.
    pub(crate) fn find(&self, slot: u16, now: Instant) -> Option<Arc<ServerAddress>> {
        if let Some(single) = &self.single {
            return Some(Arc::clone(single));
        }
        let known = self.lock();
        let since = known.since?;
        match &self.topology {
            Topology::Sentinel { .. } if now.duration_since(since) >= MAX_MASTER_AGE => None,
            Topology::Sentinel { .. } => known.master.clone(),
            _ => known.slots.find(slot).cloned(),
        }
    }

    /// The server of a slot, right after a node was asked.
    pub(crate) fn located(&self, slot: u16, now: Instant) -> Result<Arc<ServerAddress>, StoreError> {
        self.find(slot, now).ok_or_else(|| unavailable("no server of the cluster serves the slot".to_owned()))
    }

    /// The server of a slot when a node last replied.
    pub(crate) fn last_known(&self, slot: u16) -> Option<Arc<ServerAddress>> {
        let known = self.lock();
        known.slots.find(slot).cloned().or_else(|| known.master.clone())
    }

    /// The nodes that know which server serves a slot, in the order in which to ask them.
    pub(crate) fn nodes_to_ask(&self) -> Vec<ServerAddress> {
        let known = self.lock();
        let mut nodes: Vec<ServerAddress> = known.preferred.iter().cloned().collect();
        let others: Vec<&ServerAddress> = match &self.topology {
            Topology::Single(_) => Vec::new(),
            Topology::Sentinel { sentinels, .. } => sentinels.iter().collect(),
            Topology::Cluster { seeds } => known.slots.masters().chain(seeds).collect(),
        };
        for other in others {
            if !nodes.contains(other) {
                nodes.push(other.clone());
            }
        }
        nodes.sort_by_key(|node| known.last_failed.as_ref() == Some(node));
        nodes
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

    /// Takes in the reply of a node.
    pub(crate) fn learn(
        &self,
        node: &ServerAddress,
        replies: &[Reply],
        now: Instant,
    ) -> Result<(), StoreError> {
        let reply = match replies.first() {
            Some(Reply::Error(line)) => return Err(not_applied(refused(line))),
            Some(reply) => reply,
            None => &Reply::Other,
        };
        let unusable = |reason: &str| unavailable(format!("{node} {reason}"));
        let mut known = self.lock();
        if let Topology::Sentinel { .. } = self.topology {
            let master = master(reply, node).ok_or_else(|| unusable("knows no master of this name"))?;
            known.master = Some(Arc::new(master));
        } else {
            known.slots = Slots::read(reply, node).ok_or_else(|| unusable("has no map of slots"))?;
        }
        known.since = Some(now);
        known.preferred = Some(node.clone());
        known.last_failed = None;
        Ok(())
    }

    /// Takes note of what an attempt at this server has shown.
    pub(crate) fn note_result(&self, next: &Next, server: &ServerAddress) {
        if !next.refresh_routing && !next.close_connection {
            return;
        }
        let mut known = self.lock();
        if next.refresh_routing {
            known.since = None;
        }
        if next.close_connection {
            known.last_failed = Some(server.clone());
        }
        if let Some(address) = &next.moved_to {
            known.preferred = Some(address.clone());
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
            Topology::Cluster { seeds } => known.slots.masters().chain(seeds).any(|node| node == address),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads the reply to `SENTINEL GET-MASTER-ADDR-BY-NAME`.
fn master(reply: &Reply, from: &ServerAddress) -> Option<ServerAddress> {
    let Reply::Array(parts) = reply else { return None };
    let [Reply::Bytes(host), Reply::Bytes(port)] = parts.as_slice() else { return None };
    from.named(str::from_utf8(host).ok()?, str::from_utf8(port).ok()?.parse().ok()?)
}

fn unavailable(reason: String) -> StoreError {
    StoreError::new(StoreErrorKind::Unavailable, Applied::No).with_source(reason)
}
