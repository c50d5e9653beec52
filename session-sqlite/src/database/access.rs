//! Who may read the file.

use std::{
    fs::{self, OpenOptions},
    io::{self, ErrorKind},
    path::Path,
    sync::{Mutex, PoisonError},
};

use session_core::store::StoreErrorKind;

use crate::failure::{Failure, Result};

/// Which file it is, whatever its name: its device and its number there.
pub(super) type Identity = (u64, u64);

/// What cannot be done with a file that is gone, and the cure.
const MISSING: &str =
    "opened; if it was moved away, put it back with its -wal, or restart the program to begin anew";

/// Held while a file is created. Whoever closes a file takes all locks of the process on it away, also those of SQLite, so
/// nobody else may open the new file before.
static CREATING: Mutex<()> = Mutex::new(());

/// Looks whether the file is for its owner alone. A missing one is created so, if it may be; SQLite gives its log and its index
/// the same mode.
pub(super) fn find(path: &Path, may_create: bool) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let _creating = CREATING.lock().unwrap_or_else(PoisonError::into_inner);
    // It may be there and readable, where no file can be created.
    if !may_create || path.is_file() {
        return check(path);
    }
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => check(path),
        Err(error) => Err(unreachable(path, "created by the user of the program", &error)),
    }
}

#[cfg(unix)]
fn check(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;

    let found = fs::metadata(path).map_err(|error| unreachable(path, MISSING, &error))?;
    let mode = found.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let path = path.display();
    let what = format!("others may read the sessions in {path} (mode {mode:03o}): chmod 600 {path}");
    Err(Failure::found(StoreErrorKind::Denied, what))
}

#[cfg(not(unix))]
fn check(_: &Path) -> Result<()> {
    Ok(())
}

fn unreachable(path: &Path, what: &str, error: &io::Error) -> Failure {
    Failure::found(StoreErrorKind::Unavailable, format!("{error}: {} cannot be {what}", path.display()))
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
