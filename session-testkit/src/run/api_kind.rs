use std::fmt;

use session_core::store::AnyStore;

use super::cross::Cross;
use crate::{Opened, Rule, rules};

/// The APIs, and the instances of the store, that a case uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ApiKind {
    writes: Api,
    reads: Api,
    /// Whether it reads at the peer what it writes here.
    across: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Api {
    Nonblocking,
    Blocking,
}

/// The stores of a case.
pub(super) struct Stores {
    /// The one that the case uses.
    pub(super) main: AnyStore,
    /// For racers, the same records by every other way: the instances and the APIs exchanged.
    pub(super) others: Vec<AnyStore>,
    /// The two instances, each by itself, if there are two.
    pub(super) instances: Option<[AnyStore; 2]>,
}

impl ApiKind {
    /// All ways to use a store that was opened. An API that writes and another that reads are of two instances, if there
    /// are two, so that the second instance makes no more runs.
    pub(super) fn of(opened: &Opened) -> Vec<Self> {
        let has_peer = opened.has_peer();
        let plain = |api| Self { writes: api, reads: api, across: false };
        let crosswise = |writes, reads| Self { writes, reads, across: has_peer };
        let (one, other) = (Api::Nonblocking, Api::Blocking);
        match (one.of(opened), other.of(opened)) {
            (Some(_), Some(_)) => {
                vec![plain(one), plain(other), crosswise(one, other), crosswise(other, one)]
            }
            (first, _) => {
                let api = if first.is_some() { one } else { other };
                let across = has_peer.then(|| crosswise(api, api));
                [plain(api)].into_iter().chain(across).collect()
            }
        }
    }

    /// Whether the case must run inside the runtime.
    pub(super) fn needs_runtime(self) -> bool {
        [self.writes, self.reads].contains(&Api::Nonblocking)
    }

    /// Whether the cases of the rule say something new this way.
    pub(super) fn is_for(self, rule: &'static Rule) -> bool {
        let crosswise = self.across || self.writes != self.reads;
        // A server can treat the two APIs differently, and each has its own cost, so mixing them says nothing.
        let of_one_api = rules::OF_A_SERVER.contains(&rule) || *rule == rules::COST_1;
        // The cases of this rule tell the instances apart themselves.
        let of_peers = *rule == rules::PEER_1 && !(self.across && self.writes != self.reads);
        !(crosswise && (of_one_api || of_peers))
    }

    /// The stores, or `None` if the store or its peer lacks an API.
    pub(super) fn stores(self, opened: &Opened) -> Option<Stores> {
        let Self { writes, reads, across } = self;
        let Some(peer) = opened.peer.as_deref() else {
            let ways = match writes == reads {
                true => vec![writes.of(opened)?],
                false => vec![
                    cross(writes.of(opened)?, reads.of(opened)?),
                    cross(reads.of(opened)?, writes.of(opened)?),
                ],
            };
            return Stores::new(ways, None);
        };
        let instances = [writes.of(opened)?, reads.of(peer)?];
        if !across {
            return Stores::new(instances.to_vec(), Some(instances));
        }
        let mut ways =
            vec![cross(writes.of(opened)?, reads.of(peer)?), cross(writes.of(peer)?, reads.of(opened)?)];
        if writes != reads {
            ways.push(cross(reads.of(opened)?, writes.of(peer)?));
            ways.push(cross(reads.of(peer)?, writes.of(opened)?));
        }
        Stores::new(ways, Some(instances))
    }
}

impl Stores {
    fn new(ways: Vec<AnyStore>, instances: Option<[AnyStore; 2]>) -> Option<Self> {
        let mut ways = ways.into_iter();
        Some(Self { main: ways.next()?, others: ways.collect(), instances })
    }
}

impl Api {
    fn of(self, opened: &Opened) -> Option<AnyStore> {
        match self {
            Self::Nonblocking => opened.nonblocking.clone(),
            Self::Blocking => opened.blocking.clone(),
        }
    }
}

fn cross(writes: AnyStore, reads: AnyStore) -> AnyStore {
    AnyStore::new(Cross { writes, reads })
}

impl fmt::Display for ApiKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { writes, reads, across } = self;
        match (writes == reads, across) {
            (true, false) => write!(f, "{writes}"),
            (false, false) => write!(f, "{writes}-writes-{reads}-reads"),
            (_, true) => write!(f, "{writes}-writes-{reads}-reads-there"),
        }
    }
}

impl fmt::Display for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nonblocking => "async",
            Self::Blocking => "blocking",
        })
    }
}
