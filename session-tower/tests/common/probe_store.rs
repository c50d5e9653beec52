use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use session_core::store::{Adapter, Answer, Applied, Call, Operation, Store, StoreError, StoreErrorKind};
use session_memory::MemoryStore;

/// A store in memory that counts, that fails on demand, and that lets others run before it answers.
#[derive(Debug, Clone, Default)]
pub struct ProbeStore {
    inner: MemoryStore,
    switches: Arc<Switches>,
}

#[derive(Debug, Default)]
struct Switches {
    loads: AtomicUsize,
    writes: AtomicUsize,
    fail_loads: AtomicBool,
    fail_writes: AtomicBool,
}

impl ProbeStore {
    /// How many loads and how many other calls there were since the last time.
    pub fn calls(&self) -> (usize, usize) {
        let Switches { loads, writes, .. } = &*self.switches;
        (loads.swap(0, Ordering::SeqCst), writes.swap(0, Ordering::SeqCst))
    }

    pub fn fail_loads(&self, fail: bool) {
        self.switches.fail_loads.store(fail, Ordering::SeqCst);
    }

    pub fn fail_writes(&self, fail: bool) {
        self.switches.fail_writes.store(fail, Ordering::SeqCst);
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.inner.len()
    }
}

impl Adapter for ProbeStore {
    async fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        let Switches { loads, writes, fail_loads, fail_writes } = &*self.switches;
        let (count, fails) = match call.operation() {
            Operation::Load => (loads, fail_loads),
            Operation::List | Operation::Revoke | Operation::Sweep => {
                return Store::perform(&self.inner, call).await;
            }
            _ => (writes, fail_writes),
        };
        count.fetch_add(1, Ordering::SeqCst);
        tokio::task::yield_now().await;
        if fails.load(Ordering::SeqCst) {
            // The answer to a read can be lost too, and then nobody knows whether the store has read.
            let applied = if call.operation().is_read() { Applied::Unknown } else { Applied::No };
            let error = StoreError::new(StoreErrorKind::Unavailable, applied);
            return Err(error.with_source("10.0.0.7 is down"));
        }
        Store::perform(&self.inner, call).await
    }
}
