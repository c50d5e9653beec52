use std::fmt;

use clap::Args;

use super::URL_VARIABLE;

/// Which Redis, and what to look at.
#[derive(Args)]
pub(crate) struct RedisArgs {
    /// The URL of the server
    #[arg(env = URL_VARIABLE, hide_env_values = true)]
    pub(crate) url: String,
    /// What the names of the sessions' keys begin with
    #[arg(long, default_value = "_alo_sess_")]
    pub(crate) prefix: String,
    /// Do not count the sessions; counting looks at every key of the server, a few at a time
    #[arg(long)]
    pub(crate) no_count: bool,
}

/// Hides the URL, which may have a password in it.
impl fmt::Debug for RedisArgs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisArgs")
            .field("prefix", &self.prefix)
            .field("no_count", &self.no_count)
            .finish_non_exhaustive()
    }
}
