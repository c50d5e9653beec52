use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    ServerError,
    program::{Program, run},
};

/// The program openssl, with a directory for its files.
#[derive(Debug, Clone)]
pub(super) struct Openssl {
    program: PathBuf,
    directory: PathBuf,
}

impl Openssl {
    /// Finds it. `kind` is the kind of server that needs it.
    pub(super) fn find(directory: &Path, kind: &'static str) -> Result<Self, ServerError> {
        let program = Program { kind, names: &["openssl"], package: "openssl" }.find()?;
        Ok(Self { program, directory: directory.to_owned() })
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    pub(super) fn text(&self, name: &str) -> String {
        self.path(name).to_string_lossy().into_owned()
    }

    pub(super) fn run(&self, arguments: &[&str]) -> Result<(), ServerError> {
        run(Command::new(&self.program).args(arguments), &self.directory, "").map(drop)
    }
}
