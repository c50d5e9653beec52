use std::{fs, path::Path};

use super::{Postgres, programs::Programs};
use crate::{ServerError, poll::wait_for, program::run};

/// A primary and its standby, which follows it over streaming replication and answers reads.
///
/// ```no_run
/// use session_testservers::PostgresPair;
///
/// let pair = PostgresPair::start()?;
/// pair.primary().sql("CREATE TABLE kept (id INT)")?;
/// pair.wait_until_equal()?;
/// pair.primary().kill()?;
/// pair.promote()?;
/// pair.standby().sql("INSERT INTO kept VALUES (7)")?;
/// # Ok::<(), session_testservers::ServerError>(())
/// ```
#[derive(Debug)]
pub struct PostgresPair {
    standby: Postgres,
    primary: Postgres,
}

impl PostgresPair {
    /// Starts both servers and waits until the standby follows.
    ///
    /// # Errors
    /// When there is no PostgreSQL on this machine, or the servers do not start.
    pub fn start() -> Result<Self, ServerError> {
        let primary = Postgres::start()?;
        // A standby looks for its primary every five seconds otherwise.
        let standby = Postgres::builder().config("wal_retrieve_retry_interval=100ms").config(format!(
            "primary_conninfo='host={} port={} user={}'",
            primary.directory().display(),
            primary.address().port(),
            Postgres::USER
        ));
        let standby = standby.start_with(|programs, data| back_up(&primary, programs, data))?;
        let pair = Self { standby, primary };
        wait_for("a standby that follows", || {
            let state = pair.primary.sql("SELECT state FROM pg_stat_replication")?;
            Ok((state != "streaming\n").then_some(state))
        })?;
        Ok(pair)
    }

    /// The server that was the primary at first.
    #[must_use]
    pub const fn primary(&self) -> &Postgres {
        &self.primary
    }

    /// The server that was the standby at first.
    #[must_use]
    pub const fn standby(&self) -> &Postgres {
        &self.standby
    }

    /// `postgres://postgres@127.0.0.1:port,127.0.0.1:port/session_test`: first the primary, then the standby.
    #[must_use]
    pub fn url(&self) -> String {
        let [primary, standby] = [&self.primary, &self.standby].map(Postgres::address);
        format!("postgres://{}@{primary},{standby}/{}", Postgres::USER, Postgres::DATABASE)
    }

    /// Lets the primary acknowledge a commit only when the standby has it, so that a failover loses none.
    ///
    /// # Errors
    /// When the primary does not run.
    pub fn commit_on_both(&self) -> Result<(), ServerError> {
        self.primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")?;
        self.primary.sql("SELECT pg_reload_conf()")?;
        wait_for("a synchronous standby", || {
            let state = self.primary.sql("SELECT sync_state FROM pg_stat_replication")?;
            Ok((state != "sync\n").then_some(state))
        })
    }

    /// Waits until the standby has applied what the primary has committed.
    ///
    /// # Errors
    /// When one of them does not run, or that takes longer than two minutes.
    pub fn wait_until_equal(&self) -> Result<(), ServerError> {
        let committed = self.primary.sql("SELECT pg_current_wal_flush_lsn()")?;
        let ask =
            format!("SELECT pg_last_wal_replay_lsn() >= '{}', pg_last_wal_replay_lsn()", committed.trim());
        wait_for("a standby that has applied everything", || {
            let applied = self.standby.sql(&ask)?;
            Ok((!applied.starts_with('t')).then_some(applied))
        })
    }

    /// Makes the standby a primary, and waits until it takes writes. The other server must not take any more.
    ///
    /// # Errors
    /// When the standby does not run, or is none.
    pub fn promote(&self) -> Result<(), ServerError> {
        let promoted = self.standby.sql("SELECT pg_promote()")?;
        if promoted == "t\n" { Ok(()) } else { Err(ServerError::failed("promoting the standby", promoted)) }
    }
}

/// Copies the data of a server that runs, and lets the copy follow it.
fn back_up(primary: &Postgres, programs: &Programs, data: &Path) -> Result<(), ServerError> {
    let parts = primary.parts();
    let mut copy = programs.command("pg_basebackup");
    copy.args(["--checkpoint=fast", "--no-sync", "--no-password", "--pgdata"]).arg(data);
    copy.arg(format!("--host={}", primary.directory().display()));
    copy.args([format!("--port={}", parts.port.number()), format!("--username={}", Postgres::USER)]);
    parts.account.run_as(&mut copy);
    run(&mut copy, primary.directory(), "")?;
    // The presence of the file says what it is.
    fs::write(data.join("standby.signal"), "").map_err(ServerError::io("writing standby.signal"))
}
