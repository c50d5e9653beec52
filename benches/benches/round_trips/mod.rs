//! The common part of the benches of stores on a server: a number of tasks, each of which waits for one answer at a time.

mod on_store;

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use criterion::{BenchmarkGroup, Criterion, measurement::WallTime};
pub(crate) use on_store::{OnStore, What};
use session_testservers::ServerError;
use tokio::runtime::Runtime;

/// How many requests are in flight.
pub(crate) const IN_FLIGHT: [usize; 2] = [1, 64];

/// Long, because the machine is busy on purpose and no operation may fail because of it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The lifetime of all sessions.
pub(crate) const TTL: Duration = Duration::from_secs(3600);

/// The operation that a task repeats.
pub(crate) trait Work: Send + 'static {
    fn once(&mut self) -> impl Future<Output = ()> + Send;
}

/// The server, if this machine has one.
pub(crate) fn started<S>(server: Result<S, ServerError>) -> Option<S> {
    match server {
        Ok(server) => Some(server),
        Err(error @ ServerError::Missing { .. }) => {
            eprintln!("NOT MEASURED: {error}");
            None
        }
        Err(error) => panic!("{error}"),
    }
}

/// A runtime of one thread, as in the programs of `peers/`.
pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

/// A group that takes less than half a minute.
pub(crate) fn group(criterion: &mut Criterion, name: String) -> BenchmarkGroup<'_, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(20).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    group
}

/// Measures the time between two answers while a number of tasks are at work; their setup is not measured.
pub(crate) fn bench<W: Work>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    runtime: &Runtime,
    name: &str,
    in_flight: usize,
    start: impl AsyncFn() -> W,
) {
    let run = async |times: u64| {
        let each = times.div_ceil(in_flight as u64);
        let mut works = Vec::new();
        for _ in 0..in_flight {
            works.push(start().await);
        }
        let begin = Instant::now();
        let tasks = works.into_iter().map(|mut work| {
            tokio::spawn(async move {
                for _ in 0..each {
                    work.once().await;
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        begin.elapsed().mul_f64(times as f64 / (each * in_flight as u64) as f64)
    };
    group.bench_function(name, |bencher| bencher.iter_custom(|times| runtime.block_on(run(times))));
}

/// Returns a different revision each time.
pub(crate) fn number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
