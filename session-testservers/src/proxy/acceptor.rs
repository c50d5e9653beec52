use std::{
    net::{TcpListener, TcpStream},
    sync::Arc,
    thread,
    time::Duration,
};

use super::{Mode, Upstream, gate::Gate, link};
use crate::port::Port;

/// The thread that accepts connections, and stops listening while they are to be refused.
pub(super) struct Acceptor {
    pub(super) upstream: Arc<Upstream>,
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
                // Out of files, or a client that has gone again: the next one may fare better.
                Some(Err(_)) => thread::sleep(Duration::from_millis(1)),
                None => listener = self.listen(),
            }
        }
    }

    fn listen(&self) -> Option<TcpListener> {
        let listener = self.port.listen().ok();
        match listener {
            Some(_) => self.gate.change(|state| state.listening = true),
            // The port may be taken for a moment where the system does not let it be held.
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
        let (upstream, gate) = (Arc::clone(&self.upstream), Arc::clone(&self.gate));
        let run = move || {
            link::serve(id, client, &upstream, &gate);
            gate.change(|state| state.traffic.open -= 1);
        };
        if thread::Builder::new().name("proxy requests".to_owned()).spawn(run).is_err() {
            self.gate.change(|state| state.traffic.open -= 1);
        }
    }
}
