use std::{
    io,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use super::{ServerError, directory};

/// A private directory and a process group. Both end when this is dropped, and when this process ends in any way.
///
/// A shell outside the group waits on a pipe that this process holds open. When the pipe closes, the shell kills the
/// group and removes the directory.
#[derive(Debug)]
pub(crate) struct Watchdog {
    directory: PathBuf,
    /// Keeps the process group alive while it has no server, so that its number is not used again.
    anchor: Child,
    shell: Child,
}

impl Watchdog {
    // The children of a PostgreSQL leave its group, but work in the directory; and the system keeps its shared memory. A
    // process that is being killed can still create a file while the directory is being removed.
    const SCRIPT: &str = r#"
        read -r _
        kill -s KILL -- "-$1"
        for link in $(find /proc -maxdepth 2 -name cwd -lname "$2/*"); do
            link=${link%/cwd}
            kill -s KILL "${link#/proc/}"
        done
        ! [ -e "$2/data/postmaster.pid" ] || ipcrm --shmem-id "$(sed -n '7s/.* //p' "$2/data/postmaster.pid")"
        for _ in 1 2 3 4 5 6 7 8 9 10; do
            rm -rf -- "$2" && break
            sleep 0.1
        done
    "#;

    pub(crate) fn start() -> Result<Self, ServerError> {
        let directory = directory::make(0o700).map_err(ServerError::io("making a private directory"))?;
        match guard(&directory) {
            Ok((anchor, shell)) => Ok(Self { directory, anchor, shell }),
            Err(error) => {
                // The directory is empty, and the first failure is the one to report.
                let _ = std::fs::remove_dir(&directory);
                Err(ServerError::failed("starting a watchdog", error))
            }
        }
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Puts the process of a command into the group.
    pub(crate) fn adopt(&self, command: &mut Command) -> io::Result<()> {
        let group = i32::try_from(self.anchor.id()).map_err(io::Error::other)?;
        command.process_group(group);
        Ok(())
    }
}

/// Starts the anchor and the shell, each in its own process group, so that an interrupt from the keyboard does not reach
/// them.
fn guard(directory: &Path) -> io::Result<(Child, Child)> {
    let mut anchor = Command::new("cat");
    anchor.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    let mut anchor = anchor.spawn()?;
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", Watchdog::SCRIPT, "watchdog"]).arg(anchor.id().to_string()).arg(directory);
    shell.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    match shell.spawn() {
        Ok(shell) => Ok((anchor, shell)),
        Err(error) => {
            anchor.kill()?;
            anchor.wait()?;
            Err(error)
        }
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        // Waiting fails only if something else has waited for the child.
        let _ = self.shell.wait();
        drop(self.anchor.stdin.take());
        let _ = self.anchor.wait();
    }
}
