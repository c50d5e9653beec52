use std::{
    os::unix::{
        fs::{MetadataExt as _, chown},
        process::CommandExt as _,
    },
    path::Path,
    process::Command,
};

use crate::{ServerError, program::run};

/// The user that a server runs as if it refuses to run as root: `nobody` for root, and the current user for all others.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Account(Option<(u32, u32)>);

impl Account {
    /// Finds the account, and gives it this private directory, which belongs to the current user.
    pub(crate) fn of(directory: &Path) -> Result<Self, ServerError> {
        let found =
            directory.metadata().map_err(ServerError::io("reading who owns the private directory"))?;
        if found.uid() != 0 {
            return Ok(Self(None));
        }
        let number = |what: &str| {
            let text = run(Command::new("id").args([what, "nobody"]), directory, "")?;
            text.trim().parse().map_err(|error| ServerError::failed("asking for the number of nobody", error))
        };
        let account = Self(Some((number("-u")?, number("-g")?)));
        account.give(directory)?;
        Ok(account)
    }

    /// Makes the account the owner of a file.
    pub(crate) fn give(self, path: &Path) -> Result<(), ServerError> {
        let Self(Some((user, group))) = self else { return Ok(()) };
        chown(path, Some(user), Some(group))
            .map_err(ServerError::io(format!("giving away {}", path.display())))
    }

    /// Lets the process of a command run as this account.
    pub(crate) fn run_as(self, command: &mut Command) {
        if let Self(Some((user, group))) = self {
            command.uid(user).gid(group);
        }
    }
}
