use std::{
    fs, io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use super::builder::PROGRAM_KIND;
use crate::{
    ServerError,
    program::{Program, run},
    watchdog::Watchdog,
};

/// A new data directory, installed once and copied for each server.
#[derive(Debug)]
pub(super) struct Template(Watchdog);

impl Template {
    const INSTALLER: Program =
        Program { kind: PROGRAM_KIND, names: &["mariadb-install-db"], package: "mariadb-server" };
    const DATA: &str = "data";

    /// Copies a new data directory to this path.
    pub(super) fn copy_to(target: &Path) -> Result<(), ServerError> {
        static TEMPLATE: OnceLock<Result<Template, String>> = OnceLock::new();

        // A missing program is reported anew each time. The reason of a failed installation does not change.
        let installer = Self::INSTALLER.find()?;
        match TEMPLATE.get_or_init(|| Self::install(&installer).map_err(|error| error.to_string())) {
            Ok(template) => copy(&template.0.directory().join(Self::DATA), target)
                .map_err(ServerError::io("copying a fresh data directory")),
            Err(failure) => Err(ServerError::failed("making a data directory", failure.clone())),
        }
    }

    fn install(installer: &PathBuf) -> Result<Self, ServerError> {
        let watchdog = Watchdog::start()?;
        let directory = watchdog.directory();
        let mut command = Command::new(installer);
        command.arg("--no-defaults");
        command.arg(format!("--datadir={}", directory.join(Self::DATA).display()));
        command.args(["--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"]);
        // Skips a name lookup, which fails in a container that does not know `localhost`.
        command.arg("--force");
        // The smaller the log, the faster the copy.
        command.arg("--innodb-log-file-size=8M");
        command.args(user_argument(directory)?);
        // In a shared directory, a server that starts removes files that look like its own.
        command.env("TMPDIR", directory);
        watchdog.adopt(&mut command).map_err(ServerError::io("running the installer in a group"))?;
        run(&mut command, directory, "")?;
        Ok(Self(watchdog))
    }
}

/// The server runs as root only with this argument. The owner of the private directory is the current user.
pub(super) fn user_argument(directory: &Path) -> Result<Option<&'static str>, ServerError> {
    let found = directory.metadata().map_err(ServerError::io("reading who owns the private directory"))?;
    Ok((found.uid() == 0).then_some("--user=root"))
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
