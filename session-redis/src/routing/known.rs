use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use session_core::store::StoreError;

use super::{rounds::Rounds, slots::Slots};
use crate::{protocol::Reply, retry::Next, servers::ServerAddress};

/// What is known of the servers. No I/O.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) master: Option<Arc<ServerAddress>>,
    pub(super) slots: Slots,
    /// Slots that have moved since, as redirections say.
    moved: Vec<(u16, Arc<ServerAddress>)>,
    /// When a node said so.
    since: Option<Instant>,
    /// Something has happened since that a node may know about.
    pub(super) is_stale: bool,
    /// Servers that have failed since, or were the wrong ones.
    pub(super) suspects: Vec<ServerAddress>,
    /// The node to ask first: the one that replied last, or that a redirection named.
    preferred: Option<ServerAddress>,
    /// The nodes to ask last, that of the last failure at the end.
    silent: Vec<ServerAddress>,
    pub(super) rounds: Rounds,
}

/// What a node has told.
#[derive(Debug)]
pub(super) enum Lesson {
    Master(Arc<ServerAddress>),
    Slots(Slots),
}

impl Known {
    pub(super) fn new(limit: Duration) -> Self {
        Self {
            master: None,
            slots: Slots::default(),
            moved: Vec::new(),
            since: None,
            is_stale: false,
            suspects: Vec::new(),
            preferred: None,
            silent: Vec::new(),
            rounds: Rounds::new(limit),
        }
    }

    pub(super) fn server(&self, slot: u16) -> Option<&Arc<ServerAddress>> {
        let moved = self.moved.iter().find(|(moved, _)| *moved == slot).map(|(_, to)| to);
        moved.or_else(|| self.slots.find(slot)).or(self.master.as_ref())
    }

    pub(super) fn servers(&self) -> impl Iterator<Item = &ServerAddress> {
        self.moved.iter().map(|(_, to)| &**to).chain(self.slots.masters())
    }

    pub(super) fn is_older(&self, age: Duration, now: Instant) -> bool {
        self.since.is_none_or(|since| now.saturating_duration_since(since) >= age)
    }

    /// The nodes in the order in which to ask them, each once.
    pub(super) fn order(&self, nodes: Vec<&ServerAddress>) -> Vec<ServerAddress> {
        let mut ordered: Vec<ServerAddress> = self.preferred.iter().cloned().collect();
        for node in nodes {
            if !ordered.contains(node) {
                ordered.push(node.clone());
            }
        }
        let last = |node: &ServerAddress| self.silent.iter().position(|silent| silent == node);
        ordered.sort_by_key(|node| last(node).map_or(0, |place| place + 1));
        ordered
    }

    pub(super) fn learn(
        &mut self,
        round: u64,
        node: &ServerAddress,
        lesson: Result<Lesson, StoreError>,
        now: Instant,
    ) -> bool {
        if !self.rounds.is_open(round) {
            return false;
        }
        let lesson = match lesson {
            Ok(lesson) => lesson,
            Err(error) => {
                self.put_last(node);
                if self.rounds.failed(error, now) && !self.rounds.has_failed() {
                    self.settle(now);
                }
                return false;
            }
        };
        // A node may be late to know that a server has failed; the others are listened to, too.
        let is_certain = !lesson.names_any(&self.suspects);
        if self.rounds.answered(is_certain, now) {
            self.settle(now);
        }
        self.silent.retain(|silent| silent != node);
        self.preferred = Some(node.clone());
        self.since = Some(now);
        match lesson {
            Lesson::Master(master) => self.master = Some(master),
            Lesson::Slots(slots) => {
                self.slots = slots;
                self.moved.clear();
            }
        }
        true
    }

    /// Nobody knows better, for now.
    fn settle(&mut self, now: Instant) {
        self.is_stale = false;
        self.suspects.clear();
        self.since = Some(now);
    }

    pub(super) fn note_result(&mut self, next: &Next, slot: u16, server: &ServerAddress) {
        self.is_stale |= next.refresh_routing;
        if next.close_connection {
            if !self.suspects.contains(server) {
                self.suspects.push(server.clone());
            }
            self.put_last(server);
        }
        if let Some(to) = &next.moved_to {
            self.moved.retain(|(moved, _)| *moved != slot);
            self.moved.push((slot, Arc::new(to.clone())));
            self.preferred = Some(to.clone());
        }
    }

    fn put_last(&mut self, node: &ServerAddress) {
        self.silent.retain(|silent| silent != node);
        self.silent.push(node.clone());
    }
}

impl Lesson {
    /// Reads the reply to `SENTINEL GET-MASTER-ADDR-BY-NAME`.
    pub(super) fn master(reply: &Reply, from: &ServerAddress) -> Option<Self> {
        let Reply::Array(parts) = reply else { return None };
        let [Reply::Bytes(host), Reply::Bytes(port)] = parts.as_slice() else { return None };
        let master = from.named(str::from_utf8(host).ok()?, str::from_utf8(port).ok()?.parse().ok()?)?;
        Some(Self::Master(Arc::new(master)))
    }

    /// Reads the reply to `CLUSTER SLOTS`.
    pub(super) fn slots(reply: &Reply, from: &ServerAddress) -> Option<Self> {
        Slots::read(reply, from).map(Self::Slots)
    }

    fn names_any(&self, servers: &[ServerAddress]) -> bool {
        match self {
            Self::Master(master) => servers.contains(master),
            Self::Slots(slots) => slots.masters().any(|master| servers.contains(master)),
        }
    }
}
