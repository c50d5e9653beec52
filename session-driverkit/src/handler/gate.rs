use std::{
    collections::HashMap,
    sync::{
        Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::sync::Notify;

/// A place where a handler or a store waits until the case lets it go on. The case is told when it has come there, and if it was
/// given up while it waited.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    name: u64,
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    state: Mutex<State>,
    changed: Condvar,
    opened: Notify,
}

#[derive(Debug, Default, Clone, Copy)]
struct State {
    /// How many have come.
    arrived: usize,
    /// How many were given up while they waited.
    dropped: usize,
    /// How many may pass.
    open: bool,
}

static NEXT: AtomicU64 = AtomicU64::new(1);
static ALL: LazyLock<Mutex<HashMap<u64, Weak<Inner>>>> = LazyLock::new(Mutex::default);

impl Gate {
    /// A closed gate. A handler finds it by its name.
    pub(crate) fn new() -> Self {
        let (name, inner) = (NEXT.fetch_add(1, Ordering::Relaxed), Arc::<Inner>::default());
        lock(&ALL).insert(name, Arc::downgrade(&inner));
        Self { name, inner }
    }

    /// Returns the gate with this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let name = name.parse().ok()?;
        let inner = lock(&ALL).get(&name)?.upgrade()?;
        Some(Self { name, inner })
    }

    pub(crate) const fn name(&self) -> u64 {
        self.name
    }

    /// Comes to the gate, and waits until it is open.
    pub(crate) async fn pass(&self) {
        let opened = self.inner.opened.notified();
        let mut waiting = Waiting { gate: self, is_through: false };
        self.change(|state| state.arrived += 1);
        if !lock(&self.inner.state).open {
            opened.await;
        }
        waiting.is_through = true;
    }

    /// Lets everybody through from now on.
    pub(crate) fn open(&self) {
        self.change(|state| state.open = true);
        self.inner.opened.notify_waiters();
    }

    /// Waits until so many have come. Returns whether they have.
    pub(crate) fn has_arrived(&self, number: usize, patience: Duration) -> bool {
        self.until(patience, |state| state.arrived >= number)
    }

    /// Waits until one was given up. Returns whether it was.
    pub(crate) fn was_given_up(&self, patience: Duration) -> bool {
        self.until(patience, |state| state.dropped > 0)
    }

    fn until(&self, patience: Duration, is_so: impl Fn(&State) -> bool) -> bool {
        let end = Instant::now() + patience;
        let mut state = lock(&self.inner.state);
        while !is_so(&state) {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let waited = self.inner.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut lock(&self.inner.state));
        self.inner.changed.notify_all();
    }
}

struct Waiting<'a> {
    gate: &'a Gate,
    is_through: bool,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if !self.is_through {
            self.gate.change(|state| state.dropped += 1);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
