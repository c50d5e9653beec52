use std::{
    sync::{
        Weak,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
};

use super::{client::ThreadClient, poll_once};
use crate::{pool::Pool, sweeping::Sweeping};

/// Starts the thread that removes expired sessions for as long as the pool exists. The thread ends when the sender is
/// dropped.
pub(super) fn start(pool: Weak<Pool<ThreadClient>>, sweeping: Sweeping) -> Sender<()> {
    let (end, ended) = channel();
    let name = "session-mysql-sweep".to_owned();
    let spawned = thread::Builder::new().name(name).spawn(move || sweep(&pool, &ended, sweeping));
    if let Err(error) = spawned {
        tracing::warn!(target: "alo_session", %error, "no thread for sweeping");
    }
    end
}

fn sweep(pool: &Weak<Pool<ThreadClient>>, ended: &Receiver<()>, sweeping: Sweeping) {
    let mut pause = sweeping.every;
    while ended.recv_timeout(pause) == Err(RecvTimeoutError::Timeout)
        && let Some(pool) = pool.upgrade()
        && let Some(next) = poll_once(sweeping.remove_batch(&pool))
    {
        pause = next;
    }
}
