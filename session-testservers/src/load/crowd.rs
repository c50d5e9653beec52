use std::{
    num::NonZeroU32,
    panic::resume_unwind,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::Duration,
};

use session_core::{
    Context, SessionConfig, Sessions, Timestamp, blocking,
    config::{ConfigError, OnReuse},
    store::{AnyStore, BlockingStore, OnFull, Store},
};
use tokio::runtime::Builder;

use super::{
    Census, LoadError,
    device::{Device, Known, name},
    driver::{Driver, now},
    random::Random,
};

/// Devices of a few owners that sign in and out, write, read and get new ids at random, while another thread ends all
/// sessions of an owner again and again. A session from before must be dead afterwards, and no owner may ever have more
/// sessions than the cap allows.
///
/// ```
/// use session_memory::MemoryStore;
/// use session_testservers::load::Crowd;
///
/// let census = Crowd::new(6, 2).requests(600).run(MemoryStore::new())?;
/// assert!(census.sign_ins > 0 && census.ended > 0 && census.checked > 0);
/// assert_eq!((census.survived, census.over_cap, census.failed), (0, 0, 0), "{census}");
/// # Ok::<(), session_testservers::load::LoadError>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct Crowd {
    devices: usize,
    owners: usize,
    requests: u64,
    on_full: OnFull,
}

/// The number of sessions that an owner may have.
const CAP: NonZeroU32 = NonZeroU32::MIN.saturating_add(2);

/// How far each request moves the clock, so that ids grow old.
const STEP: Duration = Duration::from_millis(20);

impl Crowd {
    /// A crowd of this many devices and owners, at least one of each, that makes 3,000 requests.
    pub fn new(devices: usize, owners: usize) -> Self {
        Self { devices: devices.max(1), owners: owners.max(1), requests: 3_000, on_full: OnFull::EvictOldest }
    }

    /// The number of requests of all devices together.
    pub const fn requests(mut self, requests: u64) -> Self {
        self.requests = requests;
        self
    }

    /// Refuses a sign-in at the cap instead of ending the oldest session.
    pub const fn refusing(mut self) -> Self {
        self.on_full = OnFull::Refuse;
        self
    }

    /// Runs over the asynchronous API.
    ///
    /// # Errors
    /// [`LoadError`] if no runtime can be started.
    pub fn run(self, store: impl Store) -> Result<Census, LoadError> {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let sessions = Sessions::new(AnyStore::new(store), self.config()?);
        Ok(self.with(&Driver::Nonblocking(sessions, runtime.handle().clone())))
    }

    /// Runs over the blocking API.
    ///
    /// # Errors
    /// See [`run`](Self::run).
    pub fn run_blocking(self, store: impl BlockingStore) -> Result<Census, LoadError> {
        let store: Box<dyn BlockingStore> = Box::new(store);
        let context = Context::new(self.config()?);
        let driver = Driver::Blocking(blocking::Sessions::with_context(store, context));
        Ok(self.with(&driver))
    }

    fn with(self, driver: &Driver) -> Census {
        let seed = Random::seed();
        let (known, made, began) = (Known::new(self.owners), AtomicU64::new(0), now());
        let clock = || later(began, made.load(Ordering::Relaxed));
        let over = || made.load(Ordering::Relaxed) >= self.requests;
        let mut census = Census::default();
        thread::scope(|scope| {
            let (known, made, clock, over) = (&known, &made, &clock, &over);
            let device = |number: usize| {
                let random = Random::of(seed, &format!("device {number}"));
                scope.spawn(move || {
                    let mut device = Device::new(number % self.owners, random);
                    while !over() {
                        driver.block_on(device.request(driver, known, clock()));
                        made.fetch_add(1, Ordering::Relaxed);
                    }
                    device.census
                })
            };
            let watcher = scope.spawn(move || {
                let mut census = Census::default();
                while !over() {
                    for owner in 0..self.owners {
                        driver.block_on(watch(driver, owner, &mut census, clock()));
                    }
                }
                census
            });
            let judge = scope.spawn(move || {
                let mut census = Census::default();
                while !over() {
                    let owner = usize::try_from(made.load(Ordering::Relaxed)).unwrap_or(0) % self.owners;
                    driver.block_on(known.end_all(driver, owner, &mut census, clock()));
                }
                census
            });
            let devices: Vec<_> = (0..self.devices).map(device).collect();
            for thread in devices.into_iter().chain([watcher, judge]) {
                census += thread.join().unwrap_or_else(|panic| resume_unwind(panic));
            }
        });
        for owner in 0..self.owners {
            driver.block_on(known.end_all(driver, owner, &mut census, clock()));
        }
        census
    }

    fn config(self) -> Result<SessionConfig, ConfigError> {
        SessionConfig::with(|settings| {
            settings.idle = Duration::from_hours(10);
            settings.touch_after = Some(Duration::from_secs(1));
            settings.rotate_after = Some(Duration::from_secs(2));
            settings.grace = Duration::from_secs(1);
            settings.on_reuse = OnReuse::Report;
            settings.max_sessions = Some(CAP);
            settings.on_full = self.on_full;
            settings.sweep_one_in = 0;
            settings.conflict_retries = 1_000;
        })
    }
}

async fn watch(driver: &Driver, owner: usize, census: &mut Census, now: Timestamp) {
    match driver.of(&name(owner), now).await {
        Ok(sessions) => {
            census.listed += 1;
            census.over_cap += u64::from(sessions.len() as u64 > u64::from(CAP.get()));
        }
        Err(_) => census.failed += 1,
    }
}

fn later(began: Timestamp, requests: u64) -> Timestamp {
    began.after(STEP.saturating_mul(u32::try_from(requests).unwrap_or(u32::MAX)))
}
