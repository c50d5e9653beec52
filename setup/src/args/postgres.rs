use clap::Args;

use super::SetUpArgs;

/// Which table, and what to do with it.
#[derive(Debug, Args)]
pub(crate) struct PostgresArgs {
    #[command(flatten)]
    pub(crate) set_up: SetUpArgs,
    /// The role for which to print the least privileges
    #[arg(long, value_name = "ROLE", default_value = "sessions")]
    pub(crate) grant: String,
}

impl AsRef<SetUpArgs> for PostgresArgs {
    fn as_ref(&self) -> &SetUpArgs {
        &self.set_up
    }
}
