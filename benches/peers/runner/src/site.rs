use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use crate::{Contender, Database, processor_time, programs::path_of};

/// The program of a contender. It ends with this value.
#[derive(Debug)]
pub struct Site {
    address: SocketAddr,
    child: Child,
}

impl Site {
    /// Starts it and waits until it listens.
    ///
    /// # Panics
    /// If it ends, or does not listen within ten seconds.
    #[must_use]
    pub fn start(contender: &Contender, database: &Database, idle: Duration) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).unwrap();
        let mut command = Command::new(path_of(contender.program));
        command.arg(contender.kind.name()).arg(address.to_string()).arg(database.url());
        let mut child = command.arg(idle.as_secs().to_string()).spawn().unwrap();
        let start = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(child.try_wait().unwrap().is_none(), "{} ended", contender.title());
            assert!(start.elapsed() < Duration::from_secs(10), "{} does not listen", contender.title());
            thread::sleep(Duration::from_millis(10));
        }
        Self { address, child }
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its processor time so far.
    #[must_use]
    pub fn cpu(&self) -> Duration {
        processor_time(self.child.id())
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
