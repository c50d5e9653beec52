use std::{
    future::Future,
    sync::mpsc::{self, Receiver},
    thread,
    time::Instant,
};

use super::Subject;
use crate::violation::{Checked, Flaw};

/// An operation that runs on its own thread, which is left behind if the store never answers.
pub(crate) struct Pending<T> {
    what: String,
    started: Instant,
    answer: Receiver<T>,
}

impl Subject {
    /// Starts an operation that may never answer.
    pub(crate) fn start<T, F, R>(&self, what: impl Into<String>, run: F) -> Checked<Pending<T>>
    where
        T: Send + 'static,
        F: FnOnce(Self) -> R + Send + 'static,
        R: Future<Output = T>,
    {
        let (what, subject, (done, answer)) = (what.into(), self.clone(), mpsc::channel());
        let started = Instant::now();
        let run = move || {
            let drive = subject.shared.drive.clone();
            // The receiver is gone if it took too long.
            let _ = done.send(drive.block_on(run(subject)));
        };
        match thread::Builder::new().name(what.clone()).spawn(run) {
            Ok(_) => Ok(Pending { what, started, answer }),
            Err(error) => Err(Flaw::Unable(format!("no thread: {error}"))),
        }
    }
}

impl<T> Pending<T> {
    /// The answer, which must come within the store's time limit.
    pub(crate) fn wait(self, s: &Subject, when: &str) -> Checked<T> {
        let left = s.shared.time_limit.saturating_sub(self.started.elapsed());
        self.answer.recv_timeout(left).map_err(|_| {
            s.violation(format!("{when}, `{}` did not answer within {:?}", self.what, s.shared.time_limit))
        })
    }
}
