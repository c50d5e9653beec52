use std::{fmt, fs, io, path::Path, path::PathBuf};

use clap::Args;

use super::URL_VARIABLE;
use crate::Failure;

/// Where the URL is. `Debug` hides it, because it may have a password in it.
#[derive(Args)]
pub(crate) struct UrlArgs {
    /// The URL of the server, as the store takes it
    #[arg(env = URL_VARIABLE, hide_env_values = true)]
    url: Option<String>,
    /// Read the URL from this file, or from standard input if it is `-`; goes before the other two ways
    #[arg(long, value_name = "PATH|-")]
    url_file: Option<PathBuf>,
}

impl UrlArgs {
    /// Whether there is a URL at all.
    pub(crate) fn is_given(&self) -> bool {
        self.url_file.is_some() || self.url.as_ref().is_some_and(|url| !url.is_empty())
    }

    /// # Errors
    /// A sentence, if the file cannot be read.
    pub(crate) fn read(&self) -> Result<String, Failure> {
        match (&self.url_file, &self.url) {
            (Some(path), _) => first_line(path),
            (None, url) => Ok(url.clone().unwrap_or_default()),
        }
    }

    /// Takes a URL that stood in another place of the command line.
    pub(super) fn set(&mut self, url: String) {
        self.url = Some(url);
    }
}

/// The first line of a file, or of standard input: editors end a file with a line feed.
pub(crate) fn first_line(path: &Path) -> Result<String, Failure> {
    let text =
        if path.as_os_str() == "-" { io::read_to_string(io::stdin()) } else { fs::read_to_string(path) };
    let text = text.map_err(|error| Failure::of(format!("{}: {error}", path.display())))?;
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(line.to_owned()),
        _ => Err(Failure::of(format!("{}: its first line is empty", path.display()))),
    }
}

impl fmt::Debug for UrlArgs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UrlArgs").field("url_file", &self.url_file).finish_non_exhaustive()
    }
}
