use clap::Args;

/// How findings are told.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct OutputArgs {
    /// Print JSON for programs
    #[arg(long)]
    pub(crate) json: bool,
    /// Exit with 1 for a warning, too
    #[arg(long)]
    pub(crate) strict: bool,
}
