//! What the benches of the stores on a server have in common: so many tasks, each of which waits for one answer at a time.

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

/// The machine is busy on purpose: no operation shall fail for that.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Until when everything lives.
pub(crate) const TTL: Duration = Duration::from_secs(3600);

/// What a task does again and again.
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

/// One thread, as the programs of `peers/` have.
pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

/// A group that takes less than half a minute.
pub(crate) fn group(criterion: &mut Criterion, name: String) -> BenchmarkGroup<'_, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(20).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    group
}

/// The time from one answer to the next while so many tasks are at work; what each starts with is not measured.
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

/// Another one each time.
pub(crate) fn number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
