use std::path::PathBuf;

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

/// Which table, and what to do with it, whatever the database is.
#[derive(Debug, Args)]
pub(crate) struct SetUpArgs {
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
    /// For how long to try while other transactions hold the table [default: 30 in MySQL, 5 in PostgreSQL]
    #[arg(long, value_name = "SECONDS")]
    pub(crate) wait: Option<u32>,
    /// Try a throw-away session with the application's own account: the first line of this file is its URL
    #[arg(long, value_name = "PATH|-")]
    app_url_file: Option<PathBuf>,
    /// Do not try a throw-away session, which is written and removed again
    #[arg(long, conflicts_with = "app_url_file")]
    pub(crate) no_trial: bool,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

impl SetUpArgs {
    /// `None` if the command needs no URL.
    pub(super) const fn needed_url(&self) -> Option<&UrlArgs> {
        if self.print { None } else { Some(&self.table.url) }
    }

    /// The URL of the application's own account; `None` if it is not given.
    pub(crate) fn app_url(&self) -> Result<Option<String>, Failure> {
        self.app_url_file.as_deref().map(first_line).transpose()
    }
}
