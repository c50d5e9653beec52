use clap::Args;

use super::{OutputArgs, UrlArgs};

/// Which file, and what to look at.
#[derive(Debug, Args)]
pub(crate) struct SqliteArgs {
    #[command(flatten)]
    pub(crate) url: UrlArgs,
    /// Read the whole file to find what is damaged
    #[arg(long)]
    pub(crate) check: bool,
    /// Do not try a throw-away session, which is written and removed again
    #[arg(long)]
    pub(crate) no_trial: bool,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}
