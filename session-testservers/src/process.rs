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
    account::Account,
    error::tail,
    family::{family, has_ended, has_stopped},
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
    account: Option<Account>,
    stop: &'static str,
    has_children: bool,
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
        let child = Mutex::new(None);
        Self {
            program,
            arguments,
            scripts: None,
            account: None,
            stop: "TERM",
            has_children: false,
            log,
            child,
            watchdog,
        }
    }

    /// Lets the server run as this user.
    pub(crate) const fn run_as(mut self, account: Account) -> Self {
        self.account = Some(account);
        self
    }

    /// Names the signal that ends the server in order, which is `TERM` by default.
    pub(crate) const fn stopped_by(mut self, signal: &'static str) -> Self {
        self.stop = signal;
        self
    }

    /// Lets signals reach the children of the server, too.
    pub(crate) const fn with_children(mut self) -> Self {
        self.has_children = true;
        self
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
        if let Some(account) = self.account {
            account.run_as(&mut command);
        }
        self.watchdog.adopt(&mut command)?;
        command.spawn()
    }

    /// Kills the process, like a crash. Does nothing if it does not run.
    pub(crate) fn kill(&self) -> Result<(), ServerError> {
        let mut slot = self.lock();
        if self.has_children
            && let Some(child) = slot.as_ref()
        {
            self.freeze(child)?;
            let members = self.members(child);
            self.send("KILL", &members)?;
            // Until they are gone, the server does not start again.
            poll(SERVER_ENDED, || members.iter().all(|id| has_ended(*id)).then_some(()));
        }
        end(&mut slot).map_err(ServerError::io("killing the server"))
    }

    /// Asks the process to end, and kills it if it does not end in time.
    pub(crate) fn stop(&self) -> Result<(), ServerError> {
        let mut slot = self.lock();
        if let Some(child) = slot.as_mut() {
            // A frozen process would not receive the signal.
            self.send("CONT", &self.members(child))?;
            self.send(self.stop, &[child.id()])?;
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
        if signal == "STOP" { self.freeze(child) } else { self.send(signal, &self.members(child)) }
    }

    /// Stops the process first, so that it has no more children, and then those that it has.
    fn freeze(&self, child: &Child) -> Result<(), ServerError> {
        self.send("STOP", &[child.id()])?;
        poll(SERVER_FROZEN, || has_stopped(child.id()).then_some(()));
        if !self.has_children {
            return Ok(());
        }
        let members = self.members(child);
        self.send("STOP", &members)?;
        poll(SERVER_FROZEN, || members.iter().all(|id| has_stopped(*id)).then_some(()));
        Ok(())
    }

    /// The process, and then its children if signals shall reach them.
    fn members(&self, child: &Child) -> Vec<u32> {
        let family = if self.has_children { family(self.directory()) } else { vec![] };
        iter::once(child.id()).chain(family.into_iter().filter(|id| *id != child.id())).collect()
    }

    fn send(&self, signal: &str, members: &[u32]) -> Result<(), ServerError> {
        // The first is ours and cannot vanish. Its children can end by themselves at any time.
        const SCRIPT: &str = r#"
            signal=$1; shift
            kill -s "$signal" "$1" || exit; shift
            [ $# = 0 ] || kill -s "$signal" "$@" 2> /dev/null || true
        "#;
        let mut kill = Command::new("/bin/sh");
        kill.args(["-c", SCRIPT, "kill", signal]).args(members.iter().map(u32::to_string));
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
