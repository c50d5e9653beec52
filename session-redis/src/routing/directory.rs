use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use session_core::store::{Applied, StoreError, StoreErrorKind};

use crate::{
    protocol::{
        errors::refused,
        replies::Reply,
        requests::{Command, Request},
    },
    retry::Verdict,
    routing::{handshake, slots::Slots},
    servers::{server_address::Address, topology::Topology},
};

/// Which server serves a slot, as far as is known: what was asked, when, and who can be asked again. No I/O.
#[derive(Debug)]
pub(crate) struct Directory {
    topology: Topology,
    /// The one server, where there is only one.
    single: Option<Arc<Address>>,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    master: Option<Arc<Address>>,
    slots: Slots,
    /// When it was said, unless there is reason to doubt it.
    since: Option<Instant>,
    /// Who is to be asked first: who answered last, or whom a redirection named.
    helpful: Option<Address>,
    /// Who failed last, to be asked last.
    suspect: Option<Address>,
}

impl Directory {
    /// How long an answer of a sentinel is believed. A failover by hand leaves the old master writable for seconds, and
    /// what is written there is lost.
    const BELIEVED: Duration = Duration::from_secs(1);

    pub(crate) fn new(topology: Topology) -> Self {
        let single = match &topology {
            Topology::Single(address) => Some(Arc::new(address.clone())),
            _ => None,
        };
        Self { topology, single, known: Mutex::default() }
    }

    /// Whether a server that fails may be replaced by another, for which it is worth waiting.
    pub(crate) const fn may_move(&self) -> bool {
        self.single.is_none()
    }

    /// What a new connection to this server is asked first.
    pub(crate) fn greeting(&self, address: &Address, is_checked: bool) -> Vec<Command> {
        match &self.topology {
            Topology::Sentinel { sentinels, .. } if sentinels.contains(address) => Vec::new(),
            Topology::Sentinel { .. } => handshake::commands(is_checked, true),
            _ => handshake::commands(is_checked, false),
        }
    }

    /// The slot of the request, where it matters.
    pub(crate) fn slot_of(&self, request: &Request) -> u16 {
        if matches!(self.topology, Topology::Cluster { .. }) { request.slot() } else { 0 }
    }

    /// The server of a slot, unless that has to be asked first.
    pub(crate) fn find(&self, slot: u16, now: Instant) -> Option<Arc<Address>> {
        if let Some(single) = &self.single {
            return Some(Arc::clone(single));
        }
        let known = self.lock();
        match &self.topology {
            Topology::Single(_) => None,
            Topology::Sentinel { .. } => {
                let since = known.since?;
                (now.duration_since(since) < Self::BELIEVED).then(|| known.master.clone())?
            }
            Topology::Cluster { .. } => known.since.and_then(|_| known.slots.find(slot).cloned()),
        }
    }

    /// The server of a slot, right after asking.
    pub(crate) fn located(&self, slot: u16, now: Instant) -> Result<Arc<Address>, StoreError> {
        self.find(slot, now).ok_or_else(|| unavailable("no server of the cluster serves the slot".to_owned()))
    }

    /// The server that was the right one when that could last be asked.
    pub(crate) fn last_known(&self, slot: u16) -> Option<Arc<Address>> {
        let known = self.lock();
        known.slots.find(slot).cloned().or_else(|| known.master.clone())
    }

    /// Who can be asked, in this order.
    pub(crate) fn advisers(&self) -> Vec<Address> {
        let known = self.lock();
        let mut advisers: Vec<Address> = known.helpful.iter().cloned().collect();
        let others: Vec<&Address> = match &self.topology {
            Topology::Single(_) => Vec::new(),
            Topology::Sentinel { sentinels, .. } => sentinels.iter().collect(),
            Topology::Cluster { seeds } => known.slots.masters().chain(seeds).collect(),
        };
        for other in others {
            if !advisers.contains(other) {
                advisers.push(other.clone());
            }
        }
        advisers.sort_by_key(|adviser| known.suspect.as_ref() == Some(adviser));
        advisers
    }

    /// What they are asked.
    pub(crate) fn question(&self) -> Command {
        let words: [&[u8]; 2] = match &self.topology {
            Topology::Sentinel { master, .. } => [b"GET-MASTER-ADDR-BY-NAME", master.as_bytes()],
            _ => return Command::new("CLUSTER", [&b"SLOTS"[..]]),
        };
        Command::new("SENTINEL", words)
    }

    /// Takes in an answer.
    pub(crate) fn learn(&self, from: &Address, replies: &[Reply], now: Instant) -> Result<(), StoreError> {
        let reply = match replies.first() {
            Some(Reply::Error(answer)) => return Err(refused(answer)),
            Some(reply) => reply,
            None => &Reply::Other,
        };
        let mut known = self.lock();
        if let Topology::Sentinel { .. } = self.topology {
            let master = master(reply, from).ok_or_else(|| useless(from, "names no such master"))?;
            known.master = Some(Arc::new(master));
        } else {
            known.slots = Slots::read(reply, from).ok_or_else(|| useless(from, "has no map of slots"))?;
        }
        known.since = Some(now);
        known.helpful = Some(from.clone());
        known.suspect = None;
        Ok(())
    }

    /// Takes note of what an attempt at this server said about where things are.
    pub(crate) fn heed(&self, verdict: &Verdict, server: &Address) {
        if !verdict.doubt && !verdict.discard {
            return;
        }
        let mut known = self.lock();
        if verdict.doubt {
            known.since = None;
        }
        if verdict.discard {
            known.suspect = Some(server.clone());
        }
        if let Some(address) = &verdict.moved {
            known.helpful = Some(address.clone());
        }
    }

    /// Whether connections to it are still of use.
    pub(crate) fn knows(&self, address: &Address) -> bool {
        let known = self.lock();
        match &self.topology {
            Topology::Single(_) => true,
            Topology::Sentinel { sentinels, .. } => {
                known.master.as_deref() == Some(address) || sentinels.contains(address)
            }
            Topology::Cluster { seeds } => known.slots.masters().chain(seeds).any(|known| known == address),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn master(reply: &Reply, from: &Address) -> Option<Address> {
    let Reply::Array(parts) = reply else { return None };
    let [Reply::Bytes(host), Reply::Bytes(port)] = parts.as_slice() else { return None };
    from.beside(std::str::from_utf8(host).ok()?, std::str::from_utf8(port).ok()?.parse().ok()?)
}

fn useless(adviser: &Address, what: &str) -> StoreError {
    unavailable(format!("{adviser} {what}"))
}

fn unavailable(reason: String) -> StoreError {
    StoreError::new(StoreErrorKind::Unavailable, Applied::No).with_source(reason)
}
