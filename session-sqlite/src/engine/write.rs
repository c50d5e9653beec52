use rusqlite::Connection;
use session_core::store::{Answer, Applied, Call};

use super::{
    Job,
    thread::{answer_all, answer_overdue, patiently},
};
use crate::{
    failure::Failure,
    operations::{Step, is_one_change},
    options::Options,
};

/// Carries out all jobs in one transaction, which waits for the disk once. If it is undone, each has one of its own, so that
/// no job fails for what another one met.
pub(super) fn write(connection: &Connection, options: &Options, jobs: Vec<Job>) -> bool {
    let Err(Undone { jobs, failure, applied }) = transaction(connection, options, jobs) else {
        return true;
    };
    if jobs.len() > 1 && applied == Applied::No && failure.spares_connection() {
        let mut is_usable = true;
        for job in jobs {
            is_usable &= write(connection, options, vec![job]);
        }
        return is_usable;
    }
    answer_all(jobs, &failure, applied);
    failure.spares_connection()
}

/// A transaction that was not committed, as far as is known, and its jobs, which have no answer yet.
struct Undone {
    jobs: Vec<Job>,
    failure: Failure,
    applied: Applied,
}

fn transaction(connection: &Connection, options: &Options, mut jobs: Vec<Job>) -> Result<(), Undone> {
    let begin = || run(connection, "BEGIN IMMEDIATE");
    if let Err(failure) = patiently(begin, |failure| answer_overdue(&mut jobs, failure)) {
        return Err(Undone { jobs, failure, applied: Applied::No });
    }
    jobs.retain(Job::begin);
    let mut answers = Vec::with_capacity(jobs.len());
    for job in &jobs {
        let answer = step(connection, options, job.call());
        match answer {
            // SQLite has undone all of it.
            Err(failure) if connection.is_autocommit() => {
                return Err(Undone { jobs, failure, applied: Applied::No });
            }
            answer => answers.push(answer),
        }
    }
    if let Err(failure) = run(connection, "COMMIT") {
        if !connection.is_autocommit() {
            let _ = run(connection, "ROLLBACK");
        }
        let applied = if failure.undoes_commit() { Applied::No } else { Applied::Unknown };
        return Err(Undone { jobs, failure, applied });
    }
    for (job, answer) in jobs.into_iter().zip(answers) {
        job.answer(answer.map_err(|failure| failure.error(Applied::No)));
    }
    Ok(())
}

/// Carries out one operation whole, or leaves no trace of it.
fn step(connection: &Connection, options: &Options, call: Call<'_>) -> Result<Answer, Failure> {
    let perform = || Step::new(connection, options.now()).perform(call);
    if is_one_change(&call) {
        return perform();
    }
    run(connection, "SAVEPOINT step")?;
    let answer = perform();
    if answer.is_err() && !connection.is_autocommit() {
        run(connection, "ROLLBACK TO step")?;
    }
    if !connection.is_autocommit() {
        run(connection, "RELEASE step")?;
    }
    answer
}

fn run(connection: &Connection, sql: &'static str) -> Result<(), Failure> {
    connection.prepare_cached(sql)?.execute([])?;
    Ok(())
}
