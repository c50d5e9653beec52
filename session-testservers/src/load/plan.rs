use std::{
    panic::resume_unwind,
    thread,
    time::{Duration, Instant},
};

use session_core::{
    Context, SessionConfig, SessionError, Sessions, blocking,
    config::ConfigError,
    store::{AnyStore, BlockingStore, Store},
};
use tokio::runtime::Builder;

use super::{LoadError, Progress, Tally, driver::Driver, random::Random, tally::Seen, writer::Visitor};
use crate::limits::SERVER_BACK;

/// Writers that share sessions. Every second session has an owner.
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct Load {
    writers: usize,
    sessions: usize,
    cancel: Option<Duration>,
}

impl Load {
    /// A load of this many writers and sessions, at least one of each.
    pub fn new(writers: usize, sessions: usize) -> Self {
        Self { writers: writers.max(1), sessions: sessions.max(1), cancel: None }
    }

    /// Cancels each request of the asynchronous API after a random time up to this one.
    pub const fn cancelling(mut self, most: Duration) -> Self {
        self.cancel = Some(most);
        self
    }

    /// Runs the writers over the asynchronous API for as long as `meanwhile` takes.
    ///
    /// # Errors
    /// [`LoadError`] if a session cannot be created at the start, or cannot be read within two minutes at the end.
    pub fn run(self, store: impl Store, meanwhile: impl FnOnce(&Progress)) -> Result<Tally, LoadError> {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let sessions = Sessions::new(AnyStore::new(store), config()?);
        self.with(&Driver::Nonblocking(sessions, runtime.handle().clone()), meanwhile)
    }

    /// Runs the writers over the blocking API for as long as `meanwhile` takes.
    ///
    /// # Errors
    /// See [`run`](Self::run).
    pub fn run_blocking(
        self,
        store: impl BlockingStore,
        meanwhile: impl FnOnce(&Progress),
    ) -> Result<Tally, LoadError> {
        let store: Box<dyn BlockingStore> = Box::new(store);
        let driver = Driver::Blocking(blocking::Sessions::with_context(store, Context::new(config()?)));
        Self { cancel: None, ..self }.with(&driver, meanwhile)
    }

    fn with(self, driver: &Driver, meanwhile: impl FnOnce(&Progress)) -> Result<Tally, LoadError> {
        let mut visitors = Vec::with_capacity(self.sessions);
        for number in 0..self.sessions {
            let number = number as u64;
            let made = driver.block_on(Visitor::new(driver, number, number % 2 == 1));
            visitors.push((made.map_err(LoadError::Create)?, Seen::default()));
        }
        let (progress, random) = (Progress::new(), Random::of(Random::seed(), "load"));
        let cancel = self.cancel.map(|most| (most, &random));
        thread::scope(|scope| {
            let indices = (0..self.writers).map(|writer| writer % self.sessions);
            let writers: Vec<_> = indices
                .filter_map(|index| {
                    let visitor = visitors.get(index)?.0.clone();
                    let progress = &progress;
                    let write = move || driver.block_on(visitor.write(driver, progress, cancel));
                    Some((index, scope.spawn(write)))
                })
                .collect();
            meanwhile(&progress);
            progress.end();
            for (index, writer) in writers {
                let seen = writer.join().unwrap_or_else(|panic| resume_unwind(panic));
                if let Some((_, total)) = visitors.get_mut(index) {
                    total.add(&seen);
                }
            }
        });
        let mut tally = Tally { longest_silence: progress.longest_silence(), ..Tally::default() };
        for (visitor, seen) in &visitors {
            tally.add(seen, settled(driver, visitor).map_err(LoadError::Read)?);
        }
        Ok(tally)
    }
}

/// Reads the counter, as soon as the server is back.
fn settled(driver: &Driver, visitor: &Visitor) -> Result<Option<u64>, SessionError> {
    let start = Instant::now();
    loop {
        match driver.block_on(visitor.count(driver)) {
            Err(_) if start.elapsed() < SERVER_BACK => thread::sleep(Duration::from_millis(50)),
            answer => return answer,
        }
    }
}

/// A configuration under which only the faults can end a session or refuse a write.
fn config() -> Result<SessionConfig, ConfigError> {
    SessionConfig::with(|settings| {
        settings.idle = Duration::from_hours(1);
        settings.sweep_one_in = 0;
        settings.conflict_retries = 1_000;
    })
}
