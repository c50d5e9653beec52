use rusqlite::Connection;
use session_core::store::Applied;

use super::{Job, thread::patiently};
use crate::{failure::Failure, operations::Step, options::Options};

/// Carries out operations that change nothing. Each is one statement, which sees one state of the file.
pub(super) fn read(connection: &Connection, options: &Options, jobs: Vec<Job>) -> bool {
    let mut is_usable = true;
    for mut job in jobs {
        if !job.begin() {
            continue;
        }
        let attempt = || Step::new(connection, options.now()).perform(job.call());
        let answer = patiently(attempt, |_| job.is_overdue());
        is_usable &= answer.as_ref().err().is_none_or(Failure::spares_connection);
        job.answer(answer.map_err(|failure| failure.error(Applied::No)));
    }
    is_usable
}
