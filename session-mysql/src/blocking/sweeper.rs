use std::{
    sync::{
        Arc, Weak,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
};

use super::Inner;
use crate::{
    blocking::ready::output,
    protocol::operations::Sweep,
    retry::run,
    sweeping::{Sweeping, failed},
};

/// A thread that collects what has expired for as long as its store is there. Dropping this ends it.
pub(super) struct Sweeper {
    _end: Sender<()>,
}

impl Sweeper {
    pub(super) fn start(inner: &Arc<Inner>, sweeping: Sweeping) -> Self {
        let (end, ended) = channel();
        let weak = Arc::downgrade(inner);
        let name = "session-mysql-sweep".to_owned();
        let spawned = thread::Builder::new().name(name).spawn(move || sweep(&weak, &ended, sweeping));
        if let Err(error) = spawned {
            tracing::warn!(target: "alo_session", %error, "no thread for sweeping");
        }
        Self { _end: end }
    }
}

fn sweep(inner: &Weak<Inner>, ended: &Receiver<()>, sweeping: Sweeping) {
    let mut pause = sweeping.every;
    while ended.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
        let Some(inner) = inner.upgrade() else {
            return;
        };
        pause = match output(run(&inner.pool, &inner.settings, &Sweep(sweeping.batch))) {
            Some(Ok(removed)) => sweeping.after(removed),
            Some(Err(error)) => failed(&error, sweeping.every),
            None => return,
        };
    }
}
