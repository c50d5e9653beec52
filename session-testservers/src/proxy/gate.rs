use std::{
    collections::HashMap,
    net::Shutdown,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::{Direction, Mode, Traffic, upstream::Wire};

/// The state that a test changes and that every thread of a proxy asks before it delivers anything.
#[derive(Debug)]
pub(super) struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) mode: Mode,
    /// The least time of a delivery, whatever the mode.
    pub(super) distance: Duration,
    pub(super) traffic: Traffic,
    pub(super) listening: bool,
    pub(super) ended: bool,
    /// All bytes that have arrived, if the test asked for them.
    pub(super) recorded: Option<Vec<u8>>,
    links: HashMap<u64, Link>,
}

/// The part of a connection that other threads can act upon.
#[derive(Debug)]
struct Link {
    client: Wire,
    server: Wire,
    fate: Fate,
    last: Option<Direction>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Open,
    /// The side of the server is closed. The side of the client is open and leads nowhere.
    HalfOpen,
    Cut,
}

/// What a thread must do with the bytes that it has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Deliver,
    /// Deliver this many of them, then cut the connection.
    DeliverAndCut(usize),
    Swallow,
    End,
}

impl Gate {
    pub(super) fn new() -> Self {
        let state = State {
            mode: Mode::Pass,
            distance: Duration::ZERO,
            traffic: Traffic::default(),
            listening: false,
            ended: false,
            recorded: None,
            links: HashMap::new(),
        };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    pub(super) fn read<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&self.lock())
    }

    pub(super) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let answer = change(&mut self.lock());
        self.changed.notify_all();
        answer
    }

    /// Waits for a state. Returns whether it was reached within this time.
    pub(super) fn wait(&self, limit: Duration, is_so: impl Fn(&State) -> bool) -> bool {
        let waited = self.changed.wait_timeout_while(self.lock(), limit, |state| !is_so(state));
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        is_so(&state)
    }

    /// Registers a connection. Returns `false` if it must not start, because it was accepted a moment before the end or
    /// before all connections were refused and cut.
    pub(super) fn open(&self, id: u64, client: Wire, server: Wire) -> bool {
        self.change(|state| {
            let link = Link { client, server, fate: Fate::Open, last: None };
            !state.ended && state.mode != Mode::Refuse && state.links.insert(id, link).is_none()
        })
    }

    pub(super) fn close(&self, id: u64) {
        self.change(|state| state.links.remove(&id));
    }

    /// Keeps the bytes if they are recorded.
    pub(super) fn record(&self, bytes: &[u8]) {
        if let Some(recorded) = &mut self.lock().recorded {
            recorded.extend_from_slice(bytes);
        }
    }

    /// Waits until the bytes may be delivered, in the order in which they arrived.
    pub(super) fn admit(&self, id: u64, direction: Direction, bytes: usize) -> Verdict {
        let arrived = Instant::now();
        let held = u64::try_from(bytes).unwrap_or(u64::MAX);
        let mut state = self.lock();
        state.traffic.held += held;
        state.turn(id, direction, bytes);
        self.changed.notify_all();
        let verdict = loop {
            if let Some(verdict) = state.fate(id) {
                break verdict;
            }
            let wait = state.mode.wait(direction).map(|wait| wait.max(state.distance));
            let left = wait.map(|wait| wait.saturating_sub(arrived.elapsed()));
            state = match left {
                Some(Duration::ZERO) => break state.spend(id, direction, bytes),
                Some(left) => {
                    let waited = self.changed.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        };
        state.traffic.held -= held;
        // Counted before delivery, so that a request is counted by the time its reply arrives.
        let passing = match verdict {
            Verdict::Deliver => held,
            Verdict::DeliverAndCut(bytes) => u64::try_from(bytes).unwrap_or(held),
            Verdict::Swallow | Verdict::End => 0,
        };
        match direction {
            Direction::ToServer => state.traffic.to_server += passing,
            Direction::ToClient => state.traffic.to_client += passing,
        }
        self.changed.notify_all();
        verdict
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    pub(super) fn cut_all(&mut self) {
        self.links.values_mut().for_each(Link::cut);
    }

    pub(super) fn cut(&mut self, id: u64) {
        self.links.get_mut(&id).map(Link::cut);
    }

    pub(super) fn halve_all(&mut self) {
        for link in self.links.values_mut().filter(|link| link.fate == Fate::Open) {
            link.fate = Fate::HalfOpen;
            link.server.shutdown(Shutdown::Both);
        }
    }

    pub(super) fn is_half_open(&self, id: u64) -> bool {
        self.links.get(&id).is_some_and(|link| link.fate == Fate::HalfOpen)
    }

    fn turn(&mut self, id: u64, direction: Direction, bytes: usize) {
        let Some(link) = self.links.get_mut(&id).filter(|_| bytes > 0) else { return };
        if link.last != Some(direction) && direction == Direction::ToServer {
            self.traffic.round_trips += 1;
        }
        link.last = Some(direction);
    }

    fn fate(&self, id: u64) -> Option<Verdict> {
        match self.links.get(&id).map(|link| link.fate) {
            Some(Fate::Open) => None,
            Some(Fate::HalfOpen) => Some(Verdict::Swallow),
            Some(Fate::Cut) | None => Some(Verdict::End),
        }
    }

    fn spend(&mut self, id: u64, direction: Direction, bytes: usize) -> Verdict {
        let Mode::CutAfter { direction: counted, bytes: left } = self.mode else { return Verdict::Deliver };
        let wanted = u64::try_from(bytes).unwrap_or(u64::MAX);
        if counted != direction || wanted == 0 {
            return Verdict::Deliver;
        }
        if wanted < left {
            self.mode = Mode::CutAfter { direction, bytes: left - wanted };
            return Verdict::Deliver;
        }
        self.mode = Mode::Pass;
        // The other direction ends here, too.
        if let Some(link) = self.links.get_mut(&id) {
            link.fate = Fate::Cut;
        }
        Verdict::DeliverAndCut(usize::try_from(left).unwrap_or(bytes))
    }
}

impl Link {
    fn cut(&mut self) {
        self.fate = Fate::Cut;
        self.client.shutdown(Shutdown::Both);
        self.server.shutdown(Shutdown::Both);
    }
}
