use std::{env, path::PathBuf};

use clap::Args;

use super::{OutputArgs, UrlArgs, first_line};
use crate::Failure;

/// The variable that holds the application's secret where it is not in a file.
pub(crate) const SECRET_VARIABLE: &str = "SESSION_SETUP_SECRET";

/// In which store, and under which names the application keeps its sessions there.
#[derive(Debug, Args)]
pub(crate) struct StoreArgs {
    #[command(flatten)]
    pub(crate) url: UrlArgs,
    /// What the names of the sessions' keys begin with, in Redis
    #[arg(long, default_value = "_alo_sess_")]
    pub(crate) prefix: String,
    /// `table` or `database.table`, in MySQL [default: that of the URL, or alo_session]
    #[arg(long)]
    pub(crate) table: Option<String>,
}

/// By which an owner's sessions are found: their key is a hash of the name under the application's secret.
#[derive(Debug, Args)]
pub(crate) struct SecretArgs {
    /// The application's secret is the first line of this file, or of standard input if it is `-`; once for each of its
    /// secrets, the newest first [default: SESSION_SETUP_SECRET, or no secret, as the application's own default]
    #[arg(long, value_name = "PATH|-")]
    secret_file: Vec<PathBuf>,
}

/// Whose sessions to list.
#[derive(Debug, Args)]
pub(crate) struct SessionsArgs {
    /// The owner, as the application names them at sign-in
    pub(crate) owner: String,
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    #[command(flatten)]
    pub(crate) secret: SecretArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// Whose sessions to end.
#[derive(Debug, Args)]
pub(crate) struct RevokeArgs {
    /// The owner, as the application names them at sign-in
    #[arg(required_unless_present = "all")]
    pub(crate) owner: Option<String>,
    /// End the sessions of all owners; on Redis it looks at every key of the server
    #[arg(long)]
    pub(crate) all: bool,
    /// Do not ask before all sessions end
    #[arg(long, requires = "all")]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    #[command(flatten)]
    pub(crate) secret: SecretArgs,
}

impl SecretArgs {
    /// # Errors
    /// A sentence, if a file cannot be read.
    pub(crate) fn read(&self) -> Result<Vec<String>, Failure> {
        if self.secret_file.is_empty() {
            return Ok(env::var(SECRET_VARIABLE)
                .ok()
                .filter(|secret| !secret.is_empty())
                .into_iter()
                .collect());
        }
        self.secret_file.iter().map(|path| first_line(path)).collect()
    }
}

impl RevokeArgs {
    /// With `--all` there is no owner, so that what stands in its place is the URL.
    pub(super) fn settle(&mut self) {
        if let (true, Some(url)) = (self.all, self.owner.take_if(|_| self.all)) {
            self.store.url.set(url);
        }
    }
}
