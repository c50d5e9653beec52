use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc,
    thread,
    time::Duration,
};

/// How something on a thread of its own ended.
#[derive(Debug)]
#[allow(clippy::exhaustive_enums, reason = "the kits of this workspace match it")]
pub enum Ended<T> {
    /// With this result.
    Well(T),
    /// With this panic.
    Panicked(Box<dyn Any + Send>),
    /// It still runs.
    Not,
    /// It never began, for this reason.
    Unstarted(String),
}

/// Runs it on its own thread, which is left behind if it does not end in time.
pub fn within<T: Send + 'static>(
    limit: Duration,
    name: &str,
    run: impl FnOnce() -> T + Send + 'static,
) -> Ended<T> {
    let (done, ended) = mpsc::channel();
    let run = move || {
        // The receiver is gone if it took too long.
        let _ = done.send(catch_unwind(AssertUnwindSafe(run)));
    };
    if let Err(error) = thread::Builder::new().name(name.to_owned()).spawn(run) {
        return Ended::Unstarted(format!("no thread: {error}"));
    }
    match ended.recv_timeout(limit) {
        Ok(Ok(result)) => Ended::Well(result),
        Ok(Err(panic)) => Ended::Panicked(panic),
        Err(_) => Ended::Not,
    }
}
