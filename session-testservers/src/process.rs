use std::{
    env,
    ffi::OsString,
    fs::File,
    io, iter,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    ServerError,
    error::tail,
    limits::{SERVER_ENDED, SERVER_FROZEN, SERVER_READY},
    poll::poll,
    program,
    watchdog::Watchdog,
};

/// The process of a server. It can be killed, frozen and started again, and ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Process {
    program: PathBuf,
    arguments: Vec<OsString>,
    scripts: Option<PathBuf>,
    log: PathBuf,
    child: Mutex<Option<Child>>,
    watchdog: Watchdog,
}

/// Whether a server that was started is ready.
#[derive(Debug)]
pub(crate) enum Readiness {
    Ready,
    NotYet(String),
}

impl Process {
    /// Prepares a process without starting it. Its log is the file `server.log` in the watchdog's directory.
    pub(crate) fn new(program: PathBuf, arguments: Vec<OsString>, watchdog: Watchdog) -> Self {
        let log = watchdog.directory().join("server.log");
        Self { program, arguments, scripts: None, log, child: Mutex::new(None), watchdog }
    }

    /// Lets the server find programs in this directory before those on the `PATH`.
    pub(crate) fn with_scripts(mut self, scripts: Option<PathBuf>) -> Self {
        self.scripts = scripts;
        self
    }

    pub(crate) fn directory(&self) -> &Path {
        self.watchdog.directory()
    }

    pub(crate) fn id(&self) -> Option<u32> {
        self.lock().as_ref().map(Child::id)
    }

    pub(crate) fn log_tail(&self) -> String {
        tail(&self.log)
    }

    /// Starts it and waits until it is ready.
    pub(crate) fn start(&self, ask: impl Fn() -> Readiness) -> Result<(), ServerError> {
        let mut slot = self.lock();
        let tried = format!("starting {}", self.program.display());
        let child = self.spawn().map_err(|error| ServerError::failed(tried.clone(), error))?;
        let child = slot.insert(child);
        let mut last = String::new();
        let answer = poll(SERVER_READY, || match child.try_wait() {
            Ok(Some(status)) => Some(Err(format!("it ended: {status}"))),
            Err(error) => Some(Err(error.to_string())),
            Ok(None) => match ask() {
                Readiness::Ready => Some(Ok(())),
                Readiness::NotYet(why) => {
                    last = why;
                    None
                }
            },
        });
        let failure = match answer {
            Some(Ok(())) => return Ok(()),
            Some(Err(failure)) => failure,
            None => format!("not ready within {SERVER_READY:?}: {last}"),
        };
        // A server that did not become ready must not block the next attempt.
        let _ = end(&mut slot);
        Err(ServerError::failed(tried, failure).with_log(&self.log))
    }

    fn spawn(&self) -> io::Result<Child> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).current_dir(self.directory());
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        if let Some(scripts) = &self.scripts {
            let path = env::var_os("PATH").unwrap_or_default();
            let path = iter::once(scripts.clone()).chain(env::split_paths(&path));
            command.env("PATH", env::join_paths(path).map_err(io::Error::other)?);
        }
        self.watchdog.adopt(&mut command)?;
        command.spawn()
    }

    /// Kills the process, like a crash. Does nothing if it does not run.
    pub(crate) fn kill(&self) -> Result<(), ServerError> {
        end(&mut self.lock()).map_err(ServerError::io("killing the server"))
    }

    /// Asks the process to end, and kills it if it does not end in time.
    pub(crate) fn stop(&self) -> Result<(), ServerError> {
        let mut slot = self.lock();
        if let Some(child) = slot.as_mut() {
            // A frozen process would not receive the signal.
            for signal in ["CONT", "TERM"] {
                self.send(signal, child)?;
            }
            program::wait(child, SERVER_ENDED).map_err(ServerError::io("stopping the server"))?;
        }
        *slot = None;
        Ok(())
    }

    /// Sends the process a signal. After SIGSTOP, waits until it has stopped.
    pub(crate) fn signal(&self, signal: &str) -> Result<(), ServerError> {
        let slot = self.lock();
        let Some(child) = slot.as_ref() else {
            return Err(ServerError::failed(format!("sending SIG{signal}"), "the server does not run"));
        };
        self.send(signal, child)?;
        if signal == "STOP" {
            poll(SERVER_FROZEN, || has_stopped(child.id()).then_some(()));
        }
        Ok(())
    }

    fn send(&self, signal: &str, child: &Child) -> Result<(), ServerError> {
        let mut kill = Command::new("/bin/sh");
        kill.args(["-c", r#"kill -s "$1" "$2""#, "kill", signal]).arg(child.id().to_string());
        program::run(&mut kill, self.directory(), "").map(drop)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Child>> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The watchdog kills what this could not.
        let _ = end(&mut self.lock());
    }
}

fn end(slot: &mut Option<Child>) -> io::Result<()> {
    if let Some(mut child) = slot.take() {
        child.kill()?;
        child.wait()?;
    }
    Ok(())
}

/// Whether every thread has stopped. Assumes so where the system has no `/proc`.
fn has_stopped(id: u32) -> bool {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{id}/task")) else { return true };
    threads.flatten().all(|thread| {
        let stat = std::fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
        // The state follows the name, which is in parentheses and can contain parentheses.
        stat.rsplit_once(')').is_none_or(|(_, rest)| rest.trim_start().starts_with(['T', 't', 'Z', 'X']))
    })
}
