use rusqlite::Connection;
use session_core::store::{Answer, Applied, Call};

use super::{
    Job,
    thread::{answer_all, answer_overdue, patiently},
};
use crate::{
    failure::{Failure, Result},
    operations::{Step, is_one_change},
    options::Options,
};

/// Carries out all jobs in one transaction, which waits for the disk once. If it is undone, each has one of its own, so that
/// no job fails for what another one met.
pub(super) fn write(connection: &Connection, options: &Options, mut jobs: Vec<Job>) -> bool {
    match transaction(connection, options, &mut jobs) {
        Ok(answers) => {
            for (job, answer) in jobs.into_iter().zip(answers) {
                job.answer(answer.map_err(|failure| failure.error(Applied::No)));
            }
            true
        }
        Err((failure, Applied::No)) if jobs.len() > 1 && failure.spares_connection() => {
            let alone = |is_usable, job| write(connection, options, vec![job]) && is_usable;
            jobs.into_iter().fold(true, alone)
        }
        Err((failure, applied)) => {
            answer_all(jobs, &failure, applied);
            failure.spares_connection()
        }
    }
}

/// Returns the answers once they are committed, or why they are not, as far as is known.
fn transaction(
    connection: &Connection,
    options: &Options,
    jobs: &mut Vec<Job>,
) -> Result<Vec<Result<Answer>>, (Failure, Applied)> {
    let begin = || run(connection, "BEGIN IMMEDIATE");
    patiently(begin, |failure| answer_overdue(jobs, failure)).map_err(|failure| (failure, Applied::No))?;
    jobs.retain_mut(Job::begin);
    let mut answers = Vec::with_capacity(jobs.len());
    for job in &*jobs {
        match step(connection, options, job.call()) {
            // SQLite has undone all of it.
            Err(failure) if connection.is_autocommit() => return Err((failure, Applied::No)),
            answer => answers.push(answer),
        }
    }
    if let Err(failure) = run(connection, "COMMIT") {
        if !connection.is_autocommit() {
            let _ = run(connection, "ROLLBACK");
        }
        let applied = if failure.undoes_commit() { Applied::No } else { Applied::Unknown };
        return Err((failure, applied));
    }
    Ok(answers)
}

/// Carries out one operation whole, or leaves no trace of it.
fn step(connection: &Connection, options: &Options, call: Call<'_>) -> Result<Answer> {
    let perform = || Step::new(connection, options.now()).perform(call);
    if is_one_change(&call) {
        return perform();
    }
    run(connection, "SAVEPOINT step")?;
    let answer = perform();
    if !connection.is_autocommit() {
        if answer.is_err() {
            run(connection, "ROLLBACK TO step")?;
        }
        run(connection, "RELEASE step")?;
    }
    answer
}

fn run(connection: &Connection, sql: &'static str) -> Result<()> {
    connection.prepare_cached(sql)?.execute([])?;
    Ok(())
}
