use std::{
    sync::{Barrier, atomic::Ordering},
    thread,
    time::Instant,
};

use super::{Drive, Subject};
use crate::{
    limits::has_another_round,
    violation::{Checked, panicked},
};

/// One of several operations that start together.
pub(crate) type Racer<'a, T> = Box<dyn FnOnce(&Drive, Subject) -> Checked<T> + Send + 'a>;

/// Makes a racer of a function.
pub(crate) fn racer<'a, T, F, R>(run: F) -> Racer<'a, T>
where
    F: FnOnce(Subject) -> R + Send + 'a,
    R: Future<Output = Checked<T>>,
{
    Box::new(move |drive, subject| drive.block_on(run(subject)))
}

impl Subject {
    /// The rounds of a race, as many as time allows.
    pub(crate) fn rounds() -> impl Iterator<Item = u32> {
        let start = Instant::now();
        (0..).take_while(move |round| has_another_round(*round, start.elapsed()))
    }

    /// Runs all racers at once, each on its own thread. Returns their results in order.
    pub(crate) fn race<T: Send>(&self, racers: Vec<Racer<'_, T>>) -> Checked<Vec<T>> {
        let (start, count) = (Barrier::new(racers.len()), racers.len());
        let start = &start;
        let race = self.shared.races.fetch_add(1, Ordering::Relaxed);
        thread::scope(|scope| {
            let threads: Vec<_> = racers
                .into_iter()
                .enumerate()
                .map(|(index, run)| {
                    let subject = self.for_racer(index, count, race);
                    scope.spawn(move || {
                        start.wait();
                        run(&self.shared.drive, subject)
                    })
                })
                .collect();
            let answers = threads
                .into_iter()
                .map(|thread| thread.join().unwrap_or_else(|panic| Err(panicked(self.rule, panic.as_ref()))));
            answers.collect::<Vec<Checked<T>>>().into_iter().collect()
        })
    }

    /// Runs the same racer this many times at once.
    pub(crate) fn race_many<T, F, R>(&self, count: usize, run: F) -> Checked<Vec<T>>
    where
        T: Send,
        F: Fn(usize, Subject) -> R + Sync,
        R: Future<Output = Checked<T>>,
    {
        let run = &run;
        self.race((0..count).map(|index| racer(move |subject| run(index, subject))).collect())
    }

    /// The racers take different ways to the records, where there are several: each pair of them in some race, and each
    /// of them every way.
    fn for_racer(&self, index: usize, racers: usize, race: usize) -> Self {
        let others = &self.shared.others;
        let bits = racers.next_power_of_two().trailing_zeros().max(1) as usize;
        let way = ((index >> (race % bits)) + race / bits) % (others.len() + 1);
        match way.checked_sub(1).and_then(|other| others.get(other)) {
            Some(other) if racers > 1 => Self { store: other.clone(), ..self.clone() },
            _ => self.clone(),
        }
    }
}
