use std::{path::PathBuf, time::Duration};

use clap::{Args, value_parser};

use super::{OutputArgs, UrlArgs, first_line};
use crate::Failure;

/// Which table.
#[derive(Debug, Args)]
pub(crate) struct TableArgs {
    #[command(flatten)]
    pub(crate) url: UrlArgs,
    /// `table` or `database.table` [default: that of the URL, or alo_session]
    #[arg(long)]
    pub(crate) table: Option<String>,
}

/// Which table, and how fast to remove what has expired.
#[derive(Debug, Args)]
pub(crate) struct GcArgs {
    #[command(flatten)]
    pub(crate) table: TableArgs,
    #[command(flatten)]
    pub(crate) batch: BatchArgs,
}

#[derive(Debug, Args)]
pub(crate) struct BatchArgs {
    /// How many rows are removed at a time
    #[arg(long, value_name = "ROWS", default_value_t = 1000, value_parser = value_parser!(u32).range(1..))]
    pub(crate) batch: u32,
}

/// Which table, and how exactly to count.
#[derive(Debug, Args)]
pub(crate) struct StatsArgs {
    #[command(flatten)]
    pub(crate) table: TableArgs,
    /// Read the whole table to count, instead of asking for the server's estimate
    #[arg(long)]
    pub(crate) exact: bool,
}

/// Which table, and what to do with it.
#[derive(Debug, Args)]
pub(crate) struct MysqlArgs {
    #[command(flatten)]
    pub(crate) table: TableArgs,
    /// Carry out what is shown, without a question
    #[arg(long)]
    pub(crate) apply: bool,
    /// Only look, never ask
    #[arg(long, conflicts_with_all = ["print", "apply"])]
    pub(crate) verify: bool,
    /// Print the SQL; needs no server and changes nothing
    #[arg(long, conflicts_with = "apply")]
    pub(crate) print: bool,
    /// Have the server remove what has expired, by an event
    #[arg(long)]
    event: bool,
    /// Remove that event
    #[arg(long, conflicts_with = "event")]
    no_event: bool,
    /// How often the event runs
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = value_parser!(u32).range(1..))]
    every: u32,
    #[command(flatten)]
    batch: BatchArgs,
    /// Let the server copy the table where it must, while every writer waits
    #[arg(long)]
    pub(crate) block_writers: bool,
    /// For how long to try while other transactions hold the table
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    wait: u32,
    /// Change the table also on a server that is read-only or follows another one
    #[arg(long)]
    pub(crate) force: bool,
    /// Try a throw-away session with the application's own account: the first line of this file is its URL
    #[arg(long, value_name = "PATH|-")]
    app_url_file: Option<PathBuf>,
    /// Do not try a throw-away session, which is written and removed again
    #[arg(long, conflicts_with = "app_url_file")]
    pub(crate) no_trial: bool,
    /// The account for which to print the least privileges
    #[arg(long, value_name = "USER@HOST", default_value = "sessions@%", value_parser = account)]
    pub(crate) grant: (String, String),
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// What to do with the event that removes what has expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EventChange {
    Make { every: Duration, batch: u32 },
    Remove,
}

impl MysqlArgs {
    /// `None` leaves the event as it is.
    pub(crate) fn event(&self) -> Option<EventChange> {
        if self.no_event {
            return Some(EventChange::Remove);
        }
        let every = Duration::from_secs(self.every.into());
        self.event.then_some(EventChange::Make { every, batch: self.batch.batch })
    }

    pub(crate) const fn patience(&self) -> Duration {
        Duration::from_secs(self.wait as u64)
    }

    /// The URL of the application's own account; `None` if it is not given.
    pub(crate) fn app_url(&self) -> Result<Option<String>, Failure> {
        self.app_url_file.as_deref().map(first_line).transpose()
    }
}

fn account(text: &str) -> Result<(String, String), &'static str> {
    let (user, host) = text.rsplit_once('@').ok_or("must be USER@HOST")?;
    Ok((user.to_owned(), host.to_owned()))
}
