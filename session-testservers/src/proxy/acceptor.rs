use std::{
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use super::{Mode, Upstream, gate::Gate, link};
use crate::port::Port;

/// The thread that accepts connections. It stops listening while connections must be refused.
pub(super) struct Acceptor {
    pub(super) upstream: Arc<Mutex<Upstream>>,
    pub(super) port: Arc<Port>,
    pub(super) gate: Arc<Gate>,
}

impl Acceptor {
    pub(super) fn run(&self, mut listener: Option<TcpListener>) {
        loop {
            let accepted = listener.as_ref().map(TcpListener::accept);
            let (ended, refuses) = self.gate.read(|state| (state.ended, state.mode == Mode::Refuse));
            if ended {
                return;
            }
            if refuses {
                drop(listener.take());
                self.gate.change(|state| state.listening = false);
                self.gate.wait(Duration::MAX, |state| state.ended || state.mode != Mode::Refuse);
                continue;
            }
            match accepted {
                Some(Ok((client, _))) => self.serve(client),
                // Too many open files, or the client is gone already: the next accept can succeed.
                Some(Err(_)) => thread::sleep(Duration::from_millis(1)),
                None => listener = self.listen(),
            }
        }
    }

    fn listen(&self) -> Option<TcpListener> {
        let listener = self.port.listen().ok();
        match listener {
            Some(_) => self.gate.change(|state| state.listening = true),
            // Another process can have the port for a moment on a system where it cannot be reserved.
            None => thread::sleep(Duration::from_millis(1)),
        }
        listener
    }

    fn serve(&self, client: TcpStream) {
        let id = self.gate.change(|state| {
            state.traffic.connections += 1;
            state.traffic.open += 1;
            state.traffic.connections
        });
        let upstream = self.upstream.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let gate = Arc::clone(&self.gate);
        let run = move || {
            link::serve(id, client, &upstream, &gate);
            gate.change(|state| state.traffic.open -= 1);
        };
        if thread::Builder::new().name("proxy requests".to_owned()).spawn(run).is_err() {
            self.gate.change(|state| state.traffic.open -= 1);
        }
    }
}
