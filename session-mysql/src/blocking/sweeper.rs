use std::{
    sync::{
        Arc, Weak,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
};

use super::{Inner, poll_once};
use crate::sweeping::Sweeping;

/// The thread that removes expired sessions for as long as its store exists. Dropping this ends it.
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
        let Some(next) = poll_once(sweeping.remove_batch(&inner.pool)) else {
            return;
        };
        pause = next;
    }
}
