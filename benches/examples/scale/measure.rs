use std::{
    array,
    time::{Duration, Instant},
};

use crate::backend::{Backend, processor_time};

/// The cost of an operation, one after the other: the median time, and the average processor time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) median: Duration,
    pub(crate) server: Duration,
    /// The processor time of this program.
    pub(crate) own: Duration,
}

impl Cost {
    /// No operation is repeated for longer than this, except for the first few.
    const PATIENCE: Duration = Duration::from_secs(3);
    const LEAST: usize = 10;

    /// Calls `run` with 0, 1 and so on, at most `times` times; the first few are not counted.
    pub(crate) async fn of(backend: &Backend, times: u64, run: impl AsyncFn(u64)) -> Self {
        let (mut numbers, start) = (0..times, Instant::now());
        for number in numbers.by_ref().take(times as usize / 20) {
            run(number).await;
            if start.elapsed() > Self::PATIENCE / 10 {
                break;
            }
        }
        let (mut taken, start) = (Vec::new(), Instant::now());
        let before = (backend.cpu(), processor_time("self"));
        for number in numbers {
            let start_of_one = Instant::now();
            run(number).await;
            taken.push(start_of_one.elapsed());
            if start.elapsed() > Self::PATIENCE && taken.len() >= Self::LEAST {
                break;
            }
        }
        let count = u32::try_from(taken.len()).unwrap();
        let (server, own) = (backend.cpu().saturating_sub(before.0), processor_time("self") - before.1);
        taken.sort_unstable();
        let median = taken.get(taken.len() / 2).copied().unwrap();
        Self { median, server: server / count, own: own / count }
    }

    /// Returns half of the cost: that of one of two operations that were run together.
    pub(crate) fn half(self) -> Self {
        Self { median: self.median / 2, server: self.server / 2, own: self.own / 2 }
    }

    /// Formats median, server and own time in microseconds.
    pub(crate) fn micros(&self) -> [f64; 3] {
        [self.median, self.server, self.own].map(|time| time.as_secs_f64() * 1e6)
    }

    /// Returns the power by which it grows with a quantity that is now `times` as large: 0 not at all, 1 in proportion.
    pub(crate) fn power(&self, before: &Self, times: f64) -> [f64; 3] {
        let (now, before) = (self.micros(), before.micros());
        array::from_fn(|at| match (now.get(at), before.get(at)) {
            (Some(now), Some(before)) => (now / before).ln() / times.ln(),
            _ => f64::NAN,
        })
    }
}
