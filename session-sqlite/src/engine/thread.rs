use std::{
    io, iter,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
    time::Duration,
};

use rusqlite::Connection;
use session_core::store::Applied;

use super::Job;
use crate::{
    database::Database,
    failure::{Failure, Result},
    options::Options,
};

/// Carries out jobs and answers each. Returns whether the connection can be used again.
pub(super) type Work = fn(&Connection, &Options, Vec<Job>) -> bool;

/// How many jobs may wait.
const ROOM: usize = 1024;
/// How many are taken at once.
const MOST: usize = 128;
/// The pause before another look at a file that another program holds, where SQLite itself does not wait.
const PAUSE: Duration = Duration::from_millis(2);

pub(super) fn start(name: &str, options: Arc<Options>, work: Work) -> io::Result<SyncSender<Job>> {
    let (sender, queue) = sync_channel(ROOM);
    thread::Builder::new().name(name.to_owned()).spawn(move || serve(&queue, &options, work))?;
    Ok(sender)
}

fn serve(queue: &Receiver<Job>, options: &Options, work: Work) {
    let mut database = None;
    while let Ok(first) = queue.recv() {
        let jobs = iter::once(first).chain(queue.try_iter()).take(MOST).collect();
        // The jobs of a panic are dropped, which tells their callers.
        let result = catch_unwind(AssertUnwindSafe(|| turn(database.take(), options, work, jobs)));
        database = result.unwrap_or_default();
    }
}

/// Carries out the jobs, and returns the connection for the next ones.
fn turn(database: Option<Database>, options: &Options, work: Work, mut jobs: Vec<Job>) -> Option<Database> {
    let opened = match database.filter(|database| database.is_in_place(&options.path)) {
        Some(database) => Ok(database),
        None => patiently(|| Database::open(options), |failure| answer_overdue(&mut jobs, failure)),
    };
    match opened {
        Ok(database) => work(&database, options, jobs).then_some(database),
        Err(failure) => {
            answer_all(jobs, &failure, Applied::No);
            None
        }
    }
}

/// Tries again while another program holds the file, until the time is over.
pub(super) fn patiently<T>(
    mut attempt: impl FnMut() -> Result<T>,
    mut is_over: impl FnMut(&Failure) -> bool,
) -> Result<T> {
    loop {
        match attempt() {
            Err(failure) if failure.is_busy() && !is_over(&failure) => thread::sleep(PAUSE),
            done => return done,
        }
    }
}

/// Answers the jobs whose time is over before they were begun, and returns whether none is left.
pub(super) fn answer_overdue(jobs: &mut Vec<Job>, failure: &Failure) -> bool {
    answer_all(jobs.extract_if(.., |job| job.is_overdue()), failure, Applied::No);
    jobs.is_empty()
}

pub(super) fn answer_all(jobs: impl IntoIterator<Item = Job>, failure: &Failure, applied: Applied) {
    for job in jobs {
        job.answer(Err(failure.error(applied)));
    }
}
