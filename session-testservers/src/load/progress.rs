use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// The progress of a load, for the code that disturbs the server meanwhile.
#[derive(Debug)]
pub struct Progress {
    requests: AtomicU64,
    acknowledged: AtomicU64,
    ended: AtomicBool,
    silence: Mutex<Silence>,
}

/// The time between two acknowledged writes of any writers.
#[derive(Debug)]
struct Silence {
    since: Instant,
    longest: Duration,
}

impl Progress {
    pub(super) fn new() -> Self {
        let silence = Mutex::new(Silence { since: Instant::now(), longest: Duration::ZERO });
        Self {
            requests: AtomicU64::new(0),
            acknowledged: AtomicU64::new(0),
            ended: AtomicBool::new(false),
            silence,
        }
    }

    /// The number of requests that have ended in any way.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// The number of acknowledged writes.
    #[must_use]
    pub fn acknowledged(&self) -> u64 {
        self.acknowledged.load(Ordering::Relaxed)
    }

    /// Waits until this many more writes are acknowledged. Returns whether that happened within this time.
    pub fn advances(&self, writes: u64, within: Duration) -> bool {
        let (wanted, start) = (self.acknowledged() + writes, Instant::now());
        while self.acknowledged() < wanted {
            if start.elapsed() > within {
                return false;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        true
    }

    pub(super) fn answered(&self, acknowledged: bool) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        if acknowledged {
            self.acknowledged.fetch_add(1, Ordering::Relaxed);
            let mut silence = self.silence.lock().unwrap_or_else(PoisonError::into_inner);
            silence.longest = silence.longest.max(silence.since.elapsed());
            silence.since = Instant::now();
        }
    }

    pub(super) fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    pub(super) fn longest_silence(&self) -> Duration {
        self.silence.lock().unwrap_or_else(PoisonError::into_inner).longest
    }
}
