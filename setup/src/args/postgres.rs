use std::{path::PathBuf, time::Duration};

use clap::Args;

use super::{OutputArgs, TableArgs, first_line};
use crate::Failure;

/// Which table, and what to do with it.
#[derive(Debug, Args)]
pub(crate) struct PostgresArgs {
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
    /// For how long to wait while other transactions hold the table
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    wait: u32,
    /// Try a throw-away session with the application's own account: the first line of this file is its URL
    #[arg(long, value_name = "PATH|-")]
    app_url_file: Option<PathBuf>,
    /// Do not try a throw-away session, which is written and removed again
    #[arg(long, conflicts_with = "app_url_file")]
    pub(crate) no_trial: bool,
    /// The role for which to print the least privileges
    #[arg(long, value_name = "ROLE", default_value = "sessions")]
    pub(crate) grant: String,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

impl PostgresArgs {
    pub(crate) const fn patience(&self) -> Duration {
        Duration::from_secs(self.wait as u64)
    }

    /// The URL of the application's own account; `None` if it is not given.
    pub(crate) fn app_url(&self) -> Result<Option<String>, Failure> {
        self.app_url_file.as_deref().map(first_line).transpose()
    }
}
