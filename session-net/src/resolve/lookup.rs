use std::{
    io,
    net::{IpAddr, ToSocketAddrs as _},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    task::Waker,
    thread,
    time::Instant,
};

use crate::bounds::KEPT_ANSWER;

/// The answer of the system. An error is shared by all who wait.
pub(super) type Answer = Result<Vec<IpAddr>, Arc<io::Error>>;

/// One question to the system, in a thread of its own, because the system knows no limit.
#[derive(Debug, Default)]
pub(super) struct Lookup {
    state: Mutex<State>,
    answered: Condvar,
}

#[derive(Debug, Default)]
pub(super) struct State {
    answer: Option<(Instant, Answer)>,
    /// Somebody has got the answer, so it is not kept for others.
    is_taken: bool,
    pub(super) wakers: Vec<Waker>,
}

impl Lookup {
    /// Asks for the addresses of this host.
    pub(super) fn start(host: &str) -> io::Result<Arc<Self>> {
        let lookup = Arc::new(Self::default());
        let (asked, host) = (Arc::clone(&lookup), host.to_owned());
        let ask = move || {
            let found = (host.as_str(), 0).to_socket_addrs();
            asked.answer(found.map(|found| found.map(|address| address.ip()).collect()).map_err(Arc::new));
        };
        thread::Builder::new().name("session-net lookup".to_owned()).spawn(ask)?;
        Ok(lookup)
    }

    /// Whether one more caller may wait for it: it is under way, or its answer came too late for everybody.
    pub(super) fn is_open(&self) -> bool {
        let state = self.state();
        match &state.answer {
            None => true,
            Some((at, Ok(_))) => !state.is_taken && at.elapsed() < KEPT_ANSWER,
            Some((_, Err(_))) => false,
        }
    }

    pub(super) fn wait_until(&self, deadline: Instant) -> Option<Answer> {
        let left = deadline.saturating_duration_since(Instant::now());
        let wait = self.answered.wait_timeout_while(self.state(), left, |state| state.answer.is_none());
        wait.unwrap_or_else(PoisonError::into_inner).0.take()
    }

    pub(super) fn answer(&self, answer: Answer) {
        let mut state = self.state();
        state.answer = Some((Instant::now(), answer));
        state.wakers.drain(..).for_each(Waker::wake);
        drop(state);
        self.answered.notify_all();
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    pub(super) fn take(&mut self) -> Option<Answer> {
        let (_, answer) = self.answer.as_ref()?;
        self.is_taken = true;
        Some(answer.clone())
    }
}
