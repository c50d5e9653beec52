//! A file of SQLite as an operator sees it.

use std::time::Duration;

use session_core::store::BlockingStore as _;
use session_sqlite::{
    SqliteStore,
    maintenance::{Maintenance, Stats},
};

use crate::{Failure, Finding, Report, args::SqliteArgs, trial::Trial};

/// Below so many expired records nothing is said of them.
const FEW: u64 = 1000;

pub(crate) fn is_url(url: &str) -> bool {
    url.starts_with("sqlite:")
}

/// Looks at the file, and tries a throw-away session in it.
pub(crate) fn look(args: &SqliteArgs) -> Result<Report, Failure> {
    let url = args.url.read()?;
    let maintenance = Maintenance::open(&url)?;
    let mut findings = vec![
        Finding::fine("file", "a file of this release, which its owner alone may read"),
        judge(&maintenance.stats()?),
    ];
    if args.check {
        let damage = maintenance.check()?.join("; ");
        findings.push(match damage.is_empty() {
            true => Finding::fine("damage", "none"),
            false => Finding::problem("damage", damage, "stop the application, and restore a copy"),
        });
    }
    if !args.no_trial {
        findings.push(attempt(&open(&url)?));
    }
    let heading = format!("SQLite, {}", maintenance.path().display());
    Ok(Report { heading, findings, ..Report::default() })
}

/// The store itself, as patient as an operator.
pub(crate) fn open(url: &str) -> Result<SqliteStore, Failure> {
    Ok(SqliteStore::builder(url).budget(Duration::from_secs(30)).build()?)
}

fn judge(stats: &Stats) -> Finding {
    let seen = stats.to_string().replace('\n', ", ").split_whitespace().collect::<Vec<_>>().join(" ");
    if stats.expired > FEW && stats.expired > stats.live {
        return Finding::warning("content", seen, "session-setup gc, and a smaller `sweep_one_in`");
    }
    Finding::fine("content", seen)
}

fn attempt(store: &SqliteStore) -> Finding {
    let Some(trial) = Trial::new() else {
        return Finding::unknown("trial", "the system has no randomness for a throw-away session");
    };
    let finding = trial.run(store, "to read and write the file and its directory");
    // What is left where a step has failed expires within a minute.
    for key in trial.keys() {
        let _ = store.delete(&key, None, None);
    }
    finding
}
