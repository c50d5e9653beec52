use std::{
    env,
    fs::File,
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use crate::{ServerError, limits::TOOL_ENDED, poll::poll};

/// A program that a kind of server needs: its possible names, and the package that contains it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Program {
    pub(crate) kind: &'static str,
    pub(crate) names: &'static [&'static str],
    pub(crate) package: &'static str,
}

impl Program {
    pub(crate) fn find(self) -> Result<PathBuf, ServerError> {
        let path = env::var_os("PATH").unwrap_or_default();
        // Systems put servers there, and only root may have these directories on its PATH.
        let system = ["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from);
        let directories: Vec<PathBuf> = env::split_paths(&path).chain(system).collect();
        let candidates =
            self.names.iter().flat_map(|name| directories.iter().map(move |directory| directory.join(name)));
        candidates.into_iter().find(|candidate| is_executable(candidate)).ok_or_else(|| {
            ServerError::Missing {
                kind: self.kind,
                program: self.names.join(" or "),
                install: format!("install it, on Debian by `apt-get install {}`", self.package),
            }
        })
    }
}

fn is_executable(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// Runs a tool for a bounded time and returns what it printed. The output goes to files in this directory, so that a
/// full pipe cannot block the tool.
pub(crate) fn run(command: &mut Command, directory: &Path, input: &str) -> Result<String, ServerError> {
    static NEXT: AtomicU64 = AtomicU64::new(0);

    let tried = format!("running {}", command.get_program().to_string_lossy());
    let io = |error| ServerError::failed(tried.clone(), error);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let path = |what| directory.join(format!("tool-{number}.{what}"));
    let (out, err) = (path("out"), path("err"));
    command.stdin(Stdio::piped());
    command.stdout(File::create(&out).map_err(io)?).stderr(File::create(&err).map_err(io)?);
    let mut child = command.spawn().map_err(io)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A tool that does not read its input has closed it; its status shows whether it succeeded.
        let _ = stdin.write_all(input.as_bytes());
    }
    let ended = wait(&mut child, TOOL_ENDED);
    let printed = std::fs::read(&out).map_err(io)?;
    let complaint = std::fs::read(&err).map_err(io)?;
    for file in [out, err] {
        // A file that stays is removed with the directory.
        let _ = std::fs::remove_file(file);
    }
    // Some tools print their errors to the standard output.
    let complaint = if complaint.trim_ascii().is_empty() { &printed } else { &complaint };
    let complaint = String::from_utf8_lossy(complaint).trim().to_owned();
    match ended.map_err(io)? {
        Some(status) if status.success() => Ok(String::from_utf8_lossy(&printed).into_owned()),
        Some(status) => Err(ServerError::failed(tried, format!("{status}: {complaint}"))),
        None => Err(ServerError::failed(tried, format!("not done within {TOOL_ENDED:?}: {complaint}"))),
    }
}

/// Waits for a child to end. Kills it if it takes too long, and then returns `None`.
pub(crate) fn wait(child: &mut Child, limit: Duration) -> std::io::Result<Option<ExitStatus>> {
    if let Some(ended) = poll(limit, || child.try_wait().transpose()) {
        return ended.map(Some);
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn what_a_tool_complains_of_is_told_wherever_it_says_so() {
        let directory = env::temp_dir().join(format!("tool-{}", std::process::id()));
        std::fs::create_dir(&directory).unwrap();
        let told = |script: &str| {
            let error = run(Command::new("sh").args(["-c", script]), &directory, "").unwrap_err();
            error.source().map_or_else(|| error.to_string(), ToString::to_string)
        };
        assert!(told("echo why; exit 1").ends_with("status: 1: why"));
        assert!(told("echo more; echo why >&2; exit 1").ends_with("status: 1: why"));
        std::fs::remove_dir(&directory).unwrap();
    }
}
