use clap::Args;

use super::{OutputArgs, UrlArgs};

/// Which Redis, and what to look at.
#[derive(Debug, Args)]
pub(crate) struct RedisArgs {
    #[command(flatten)]
    pub(crate) url: UrlArgs,
    /// What the names of the sessions' keys begin with
    #[arg(long, default_value = "_alo_sess_")]
    pub(crate) prefix: String,
    /// Count the sessions; looks at every key of the server, a thousand at a time
    #[arg(long)]
    pub(crate) scan: bool,
    /// Do not try a throw-away session, which is written and removed again
    #[arg(long)]
    pub(crate) no_trial: bool,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}
