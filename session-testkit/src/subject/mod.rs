//! The store under test as a case sees it.

mod ask;
mod draft;
mod drive;
mod expect;
mod held;
mod known;
mod pending;
mod race;
mod time;

use std::{
    fmt,
    num::NonZeroU32,
    sync::{Arc, atomic::AtomicUsize},
    time::Duration,
};

pub(crate) use draft::Draft;
pub(crate) use drive::{Drive, block_on};
pub(crate) use held::Held;
pub(crate) use known::Known;
pub(crate) use pending::Pending;
pub(crate) use race::racer;
use session_core::{
    id::{Digest, Family, StoreKey},
    store::{AnyStore, Cap, OnFull, Revision},
};
pub(crate) use time::Time;

use crate::{
    Claims, Fault, Faulty, Means, Network, Rule, Schedule,
    cost::Costs,
    fixture::Hooks,
    pace::{Clock, Pace},
    seed::Seed,
    violation::{Checked, Flaw, Violation},
};

/// A store, the rule to check, and the means to check it. Clones are the same store.
#[derive(Clone)]
pub(crate) struct Subject {
    pub(crate) rule: &'static Rule,
    pub(crate) store: AnyStore,
    pub(crate) shared: Arc<Shared>,
}

/// What all clones of a subject share.
pub(crate) struct Shared {
    pub(crate) time: Time,
    /// How long the operations of the store take, and what follows.
    pub(crate) pace: Pace,
    pub(crate) seed: Seed,
    pub(crate) drive: Drive,
    pub(crate) resolution: Duration,
    /// How long an operation may take at most, whatever the server does.
    pub(crate) time_limit: Duration,
    /// The network between the store and its server, in the cases about outages.
    pub(crate) network: Option<Box<dyn Network>>,
    pub(crate) claims: Claims,
    /// For racers, the same records by every other way: the instances and the APIs exchanged.
    pub(crate) others: Vec<AnyStore>,
    /// The two instances, each by itself, if there are two.
    pub(crate) instances: Option<[AnyStore; 2]>,
    /// How many races there have been, so that each goes other ways.
    pub(crate) races: AtomicUsize,
    /// What was written under which revision.
    pub(crate) known: Known,
    pub(crate) reopen: Reopen,
    /// The API of the case, as reports name it.
    pub(crate) api: String,
    /// The table to which the case adds what it has counted.
    pub(crate) costs: Costs,
    /// The last field, because its guard must outlive the store.
    pub(crate) hooks: Hooks,
}

/// Opens one more store of the same fixture.
pub(crate) type Reopen = Box<dyn Fn() -> Checked<Subject> + Send + Sync>;

impl Subject {
    /// The default number of sessions on a page.
    const PAGE: NonZeroU32 = NonZeroU32::MIN.saturating_add(49);

    /// A deadline that no case outlives.
    pub(crate) const LONG: Duration = Duration::from_secs(3600);

    /// The same store with another rule to check.
    pub(crate) fn under(&self, rule: &'static Rule) -> Self {
        Self { rule, ..self.clone() }
    }

    pub(crate) fn violation(&self, seen: impl Into<String>) -> Flaw {
        let (rule, seen) = (self.rule, seen.into());
        Flaw::Violation(Violation { rule, seen })
    }

    pub(crate) fn check(&self, holds: bool, otherwise: impl FnOnce() -> String) -> Checked {
        if holds { Ok(()) } else { Err(self.violation(otherwise())) }
    }

    pub(crate) fn equal<T: PartialEq + fmt::Debug>(&self, what: &str, seen: &T, expected: &T) -> Checked {
        self.check(seen == expected, || format!("{what}: {seen:?}, expected {expected:?}"))
    }

    /// A key that no case has used, in an anonymous family of its own.
    pub(crate) fn key(&self) -> StoreKey {
        let digest = self.digest();
        StoreKey { family: Family::anonymous(&digest), digest }
    }

    pub(crate) fn digest(&self) -> Digest {
        Digest::from_bytes(self.shared.seed.bytes())
    }

    /// An owned family that no case has used.
    pub(crate) fn owned_family(&self) -> Family {
        let mut bytes: [u8; 16] = self.shared.seed.bytes();
        if let Some(first) = bytes.first_mut() {
            *first |= 0x80;
        }
        Family::from_bytes(bytes)
    }

    /// A new key in the family.
    pub(crate) fn key_in(&self, family: Family) -> StoreKey {
        StoreKey { family, digest: self.digest() }
    }

    pub(crate) fn revision(&self) -> Revision {
        Revision::from_bytes(self.shared.seed.bytes())
    }

    /// Revisions that differ from this one in a single bit.
    pub(crate) fn near(&self, revision: Revision) -> impl Iterator<Item = Revision> + use<> {
        self.bits(16, 16).into_iter().map(move |bit| {
            let number = u128::from_le_bytes(*revision.as_bytes());
            Revision::from_bytes((number ^ (1 << bit)).to_le_bytes())
        })
    }

    /// A write with a new revision and a new payload that lives long.
    pub(crate) fn draft(&self) -> Draft {
        let mut data: [u8; 32] = self.shared.seed.bytes();
        data.sort_unstable();
        Draft { next: self.revision(), data: data.to_vec().into(), ttl: Self::LONG }
    }

    /// Like [`draft`](Self::draft), but it expires soon.
    pub(crate) fn brief(&self) -> Draft {
        self.draft().living(self.short())
    }

    pub(crate) fn cap(max: u32, on_full: OnFull) -> Option<Cap> {
        let max = NonZeroU32::new(max).unwrap_or(NonZeroU32::MIN);
        Some(Cap { max, on_full })
    }

    pub(crate) fn resolution(&self) -> Duration {
        self.shared.resolution
    }

    /// The tolerance of a remaining time, because it is rounded on the way in and on the way out.
    pub(crate) fn slack(&self) -> Duration {
        self.resolution() * 2
    }

    pub(crate) fn pace(&self) -> Pace {
        self.shared.pace
    }

    /// A deadline short enough to wait for, and long enough to load the record before it.
    pub(crate) fn short(&self) -> Duration {
        self.pace().short(self.shared.time.clock(), self.resolution())
    }

    /// Whether operations take no time, because the clock of the store stands.
    pub(crate) fn stands(&self) -> bool {
        self.shared.time.clock() == Clock::Stands
    }

    /// Bits of so many bytes, at least one of each byte: all of them, or as many as the store affords if one bit of all
    /// bytes takes this many turns.
    pub(crate) fn bits(&self, bytes: usize, turns: u32) -> Vec<usize> {
        let each = usize::try_from(self.pace().affords(8, turns, 1)).unwrap_or(8);
        let first = usize::try_from(self.shared.seed.next() % 8).unwrap_or_default();
        (0..bytes).flat_map(|byte| (first..first + each).map(move |bit| byte * 8 + bit % 8)).collect()
    }

    pub(crate) fn now(&self) -> Duration {
        self.shared.time.now()
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.shared.time.pass(&self.shared.hooks, time);
    }

    /// Sets the clock of the store back, if the fixture can do so.
    pub(crate) fn step_back(&self, by: Duration) -> Checked {
        let hooks = &self.shared.hooks;
        if !hooks.clock_steps_back {
            let otherwise = "the clock of the store cannot be set back (`Opened::with_clock`)";
            return Err(self.shared.claims.lacking(Means::Clock, otherwise));
        }
        self.shared.time.set(hooks, |now| now.saturating_sub(by));
        Ok(())
    }

    /// Waits until a record with this `ttl` has certainly expired.
    pub(crate) fn outlive(&self, ttl: Duration) {
        self.pass(ttl + self.slack() + self.resolution());
    }

    /// Makes the record under the key undecodable, if the fixture can do so.
    pub(crate) fn corrupt(&self, key: &StoreKey) -> Checked {
        match &self.shared.hooks.corrupt {
            Some(corrupt) => {
                corrupt(key);
                Ok(())
            }
            None => Err(self.lacking(
                Means::Corruption,
                "the fixture does not say how to store an undecodable record (`Opened::with_corruption`)",
            )),
        }
    }

    /// Removes the index of the family, if the fixture can do so.
    pub(crate) fn lose_index(&self, family: &Family) -> Checked {
        match &self.shared.hooks.lose_index {
            Some(lose) => {
                lose(family);
                Ok(())
            }
            None => Err(self.lacking(
                Means::IndexLoss,
                "the fixture does not say how to lose an index (`Opened::with_index_loss`)",
            )),
        }
    }

    /// The network between the store and its server.
    pub(crate) fn network(&self) -> Checked<&dyn Network> {
        let lacking = || self.lacking(Means::Proxy, "the store was opened without a proxy");
        self.shared.network.as_deref().ok_or_else(lacking)
    }

    /// The end of a case that needs what the fixture does not have.
    pub(crate) fn lacking(&self, means: Means, reason: &str) -> Flaw {
        self.shared.claims.lacking(means, reason)
    }

    /// How often the store has asked its server so far.
    pub(crate) fn round_trips(&self) -> Checked<u64> {
        let hook = self.shared.hooks.round_trips.as_ref();
        let counted = hook.map(|count| count());
        let counted =
            counted.or_else(|| self.shared.network.as_ref().and_then(|network| network.round_trips()));
        let reason = "nothing counts the round trips of the store (`Opened::with_round_trips`)";
        counted.ok_or_else(|| self.lacking(Means::Proxy, reason))
    }

    /// The same store with this fault for its next operation.
    pub(crate) fn failing(&self, fault: Fault) -> Self {
        let faulty = Faulty::new(self.store.clone(), Schedule::new([fault]));
        Self { store: AnyStore::new(faulty), ..self.clone() }
    }

    /// The same records by every way that there is, this one first: the instances and the APIs exchanged.
    pub(crate) fn ways(&self) -> Vec<Self> {
        let others = self.shared.others.iter().map(|store| Self { store: store.clone(), ..self.clone() });
        [self.clone()].into_iter().chain(others).collect()
    }

    /// The two instances over the same data.
    pub(crate) fn instances(&self) -> Checked<[Self; 2]> {
        let instances = self.shared.instances.clone().ok_or_else(|| {
            let reason = "the fixture opens no other instance over the same data (`Opened::at` and `Fixture::join`), nor does it claim that there \
                          can be none (`Claims::in_process`)";
            Flaw::Unable(reason.to_owned())
        })?;
        Ok(instances.map(|store| Self { store, ..self.clone() }))
    }

    /// A second, empty store of the same fixture.
    pub(crate) fn another_store(&self) -> Checked<Self> {
        let other = (self.shared.reopen)()?;
        Ok(other.under(self.rule))
    }
}
