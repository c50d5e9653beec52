//! Who may read the file.

use std::{
    fs::{self, OpenOptions},
    io::{self, ErrorKind},
    path::Path,
};

use session_core::store::StoreErrorKind;

use crate::failure::Failure;

/// Which file it is, whatever its name: its device and its number there.
pub(super) type Identity = (u64, u64);

/// Creates the file for its owner alone if it is missing. SQLite gives its log and its index the same mode.
pub(super) fn create(path: &Path) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        // It may be there and readable, where no file can be created.
        Err(error) if error.kind() == ErrorKind::AlreadyExists || path.is_file() => check(path),
        Err(error) => Err(unreachable(path, "created", &error)),
    }
}

#[cfg(unix)]
fn check(path: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt as _;

    let found = fs::metadata(path).map_err(|error| unreachable(path, "opened", &error))?;
    let mode = found.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let path = path.display();
    let what = format!("others may read the sessions in {path} (mode {mode:03o}): chmod 600 {path}");
    Err(Failure::found(StoreErrorKind::Denied, what))
}

#[cfg(not(unix))]
fn check(_: &Path) -> Result<(), Failure> {
    Ok(())
}

fn unreachable(path: &Path, what: &str, error: &io::Error) -> Failure {
    let what = format!("{} cannot be {what} by the user of the program: {error}", path.display());
    Failure::found(StoreErrorKind::Unavailable, what)
}

#[cfg(unix)]
pub(super) fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt as _;

    fs::metadata(path).ok().map(|found| (found.dev(), found.ino()))
}

#[cfg(not(unix))]
pub(super) fn identity(_: &Path) -> Option<Identity> {
    None
}
