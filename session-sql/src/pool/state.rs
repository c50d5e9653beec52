use std::{
    hash::{BuildHasher as _, RandomState},
    time::{Duration, Instant},
};

use super::idle::{Idle, Pooled, Top};
use crate::{
    ErrorKind,
    retry::{LOOK_AGAIN, PING_TIMEOUT, RENEW_AFTER, RIVAL_AFTER, WRONG_IN_A_ROW},
};

/// Which connections there are, which are being made, and who waits. No I/O.
pub(super) struct State<C> {
    limits: PoolLimits,
    pub(super) idle: Idle<C>,
    /// The connections that are idle or in use.
    pub(super) open: u32,
    attempts: Vec<Running>,
    begun: u64,
    pub(super) waiting: u32,
    /// Why the attempt that began last of those that failed did so, and when it began.
    failure: Option<(ErrorKind, Instant)>,
    failed_in_a_row: u32,
    retry_at: Option<Instant>,
    generation: u32,
    renewed: Option<Instant>,
    /// Answers of wrong servers since the last write that succeeded.
    wrong_in_a_row: u32,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct PoolLimits {
    pub(super) size: u32,
    pub(super) connect_timeout: Duration,
    pub(super) lifetime: Duration,
    /// The first and the longest pause after a failed attempt.
    pub(super) back_off: [Duration; 2],
}

/// An attempt to make a connection, or to ping one.
#[derive(Debug, Clone, Copy)]
struct Running {
    id: u64,
    /// Until then, nobody begins another one in its place.
    awaited_until: Instant,
    /// From then on it has certainly ended, or its runtime is not driven.
    over_at: Instant,
}

/// The right to make a connection, or to ping the one that is with it.
pub(super) struct Permit<C> {
    pub(super) id: u64,
    pub(super) began: Instant,
    pub(super) generation: u32,
    pub(super) doubtful: Option<Pooled<C>>,
}

/// What one who needs a connection does next.
pub(super) enum Step<C> {
    Take(Pooled<C>),
    Close(Pooled<C>),
    Begin(Permit<C>),
    GiveUp(ErrorKind),
    /// `is_used_up` says that other operations have all connections.
    Wait {
        until: Instant,
        is_used_up: bool,
    },
}

impl<C> State<C> {
    pub(super) const fn new(limits: PoolLimits) -> Self {
        Self {
            limits,
            idle: Idle::new(),
            open: 0,
            attempts: Vec::new(),
            begun: 0,
            waiting: 0,
            failure: None,
            failed_in_a_row: 0,
            retry_at: None,
            generation: 0,
            renewed: None,
            wrong_in_a_row: 0,
        }
    }

    pub(super) const fn limits(&self) -> PoolLimits {
        self.limits
    }

    /// The connection on top, if it needs no ping.
    pub(super) fn take_sound(&mut self, now: Instant) -> Option<Pooled<C>> {
        if self.idle.top(now) == Top::Sound { self.idle.pop() } else { None }
    }

    /// The next step of one who has waited since `began`. `only_sound` says that a connection that must be pinged is of no use.
    pub(super) fn step(&mut self, now: Instant, began: Instant, only_sound: bool) -> Step<C> {
        let top = self.idle.top(now);
        let pops = matches!(top, Top::Sound | Top::Over) || (top == Top::Doubtful && !only_sound);
        if let (true, Some(pooled)) = (pops, self.idle.pop()) {
            return match top {
                Top::Sound => Step::Take(pooled),
                Top::Doubtful => {
                    // The attempt counts in its place.
                    self.open = self.open.saturating_sub(1);
                    Step::Begin(self.begin(now, Some(pooled)))
                }
                Top::Over | Top::Missing => Step::Close(pooled),
            };
        }
        // As long as others have a connection, that one may come back. An attempt that began before the question does not answer
        // it: the server may be back since.
        if let Some((kind, attempted)) = &self.failure
            && (*attempted >= began && self.open == 0)
        {
            return Step::GiveUp(kind.clone());
        }
        if self.may_begin(now) {
            if self.has_room(now) {
                return Step::Begin(self.begin(now, None));
            }
            if let Some(pooled) = self.idle.pop_oldest() {
                return Step::Close(pooled);
            }
        }
        let retry_at = self.retry_at.filter(|at| *at > now);
        let until = retry_at.unwrap_or(now + LOOK_AGAIN).min(now + LOOK_AGAIN);
        Step::Wait { until, is_used_up: self.open >= self.limits.size }
    }

    fn may_begin(&self, now: Instant) -> bool {
        let awaited = self.attempts.iter().filter(|attempt| attempt.awaited_until > now).count();
        if self.failed_in_a_row == 0 {
            u32::try_from(awaited).is_ok_and(|awaited| awaited < self.waiting)
        } else {
            awaited == 0 && self.retry_at.is_none_or(|at| at <= now)
        }
    }

    fn has_room(&self, now: Instant) -> bool {
        let running = self.attempts.iter().filter(|attempt| attempt.over_at > now).count();
        u32::try_from(running).is_ok_and(|running| self.open.saturating_add(running) < self.limits.size)
    }

    fn begin(&mut self, now: Instant, doubtful: Option<Pooled<C>>) -> Permit<C> {
        self.begun += 1;
        let id = self.begun;
        let (awaited, over) = match doubtful {
            Some(_) => (PING_TIMEOUT, PING_TIMEOUT),
            None if self.failed_in_a_row == 0 => (RIVAL_AFTER, self.limits.connect_timeout + RIVAL_AFTER),
            None => (self.limits.connect_timeout, self.limits.connect_timeout + RIVAL_AFTER),
        };
        self.attempts.push(Running { id, awaited_until: now + awaited, over_at: now + over });
        let generation = doubtful.as_ref().map_or(self.generation, |pooled| pooled.generation);
        Permit { id, began: now, generation, doubtful }
    }

    /// The attempt ended, with a connection or without.
    pub(super) fn end(&mut self, id: u64) {
        self.attempts.retain(|attempt| attempt.id != id);
    }

    /// Takes in the connection of an attempt. Returns it if there is no use for it.
    pub(super) fn take_in(&mut self, pooled: Pooled<C>, now: Instant) -> Option<Pooled<C>> {
        if pooled.generation != self.generation || !self.has_room(now) {
            return Some(pooled);
        }
        self.open += 1;
        self.idle.push(pooled, now);
        None
    }

    /// An attempt failed, for this reason and begun at this time, or a new connection broke before it was of use.
    pub(super) fn fail(&mut self, failure: Option<(ErrorKind, Instant)>, now: Instant) {
        let [first, most] = self.limits.back_off;
        let pause = first.saturating_mul(1 << self.failed_in_a_row.min(10)).min(most);
        self.failed_in_a_row += 1;
        self.retry_at = Some(now + pause);
        // One that began later may have failed sooner.
        if let Some((kind, began)) = failure
            && self.failure.as_ref().is_none_or(|(_, known)| *known <= began)
        {
            self.failure = Some((kind, began));
        }
    }

    /// Takes back a connection after an operation. Returns what is to be closed.
    pub(super) fn give_back(
        &mut self,
        mut pooled: Pooled<C>,
        wrote: bool,
        now: Instant,
    ) -> [Option<Pooled<C>>; 2] {
        if !pooled.is_proven {
            pooled.is_proven = true;
            (self.failed_in_a_row, self.retry_at, self.failure) = (0, None, None);
        }
        if wrote {
            self.wrong_in_a_row = 0;
        }
        if pooled.generation != self.generation || pooled.expires <= now {
            return [Some(pooled), None];
        }
        self.idle.push(pooled, now);
        [None, self.idle.pop_stale(now)]
    }

    /// The server of a connection of this generation does not serve. Returns whether to leave it, and the idle connections
    /// that are to be closed. It is not left while all servers say the same, except for one connection a second.
    pub(super) fn leave(&mut self, generation: u32, now: Instant) -> (bool, Vec<C>) {
        let is_due = self.renewed.is_none_or(|at| now.saturating_duration_since(at) >= RENEW_AFTER);
        self.wrong_in_a_row = self.wrong_in_a_row.saturating_add(1);
        if self.wrong_in_a_row > WRONG_IN_A_ROW {
            if is_due {
                self.renewed = Some(now);
            }
            return (is_due, Vec::new());
        }
        if !is_due || generation != self.generation {
            return (true, Vec::new());
        }
        self.renewed = Some(now);
        self.generation = self.generation.wrapping_add(1);
        (true, self.idle.take_all())
    }

    /// Why one who waited in vain got no connection, other than that all were in use.
    pub(super) fn reason(&self) -> Option<ErrorKind> {
        self.failure.as_ref().map(|(kind, _)| kind.clone())
    }

    pub(super) const fn is_connecting(&self) -> bool {
        !self.attempts.is_empty()
    }

    /// The end of the life of a connection that is new now: up to a tenth before the limit, so that not all end together.
    pub(super) fn expiry(&self, now: Instant) -> Instant {
        let lifetime = self.limits.lifetime;
        now.checked_add(lifetime - part_of(lifetime / 10))
            .unwrap_or_else(|| now + Duration::from_secs(86_400))
    }
}

/// A random part of the time.
pub(super) fn part_of(time: Duration) -> Duration {
    let thousandths = u32::try_from(RandomState::new().hash_one(time) % 1000).unwrap_or(0);
    time / 1000 * thousandths
}
