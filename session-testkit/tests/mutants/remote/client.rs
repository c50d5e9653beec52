use std::{
    io,
    net::SocketAddr,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use session_core::store::{Applied, StoreError, StoreErrorKind};
use session_testkit::ModelStore;
use tokio::{net::TcpStream, time::timeout};

use super::Server;
use crate::defect::Defect;

/// The client of a [`Server`], with one defect.
pub(crate) struct Remote {
    pub(super) defect: Defect,
    server: Server,
    address: SocketAddr,
    idle: Mutex<Vec<TcpStream>>,
    failures: AtomicU32,
}

/// A connection in use. When it is dropped, it goes back to the pool or is closed.
struct Lent<'a> {
    stream: Option<TcpStream>,
    idle: &'a Mutex<Vec<TcpStream>>,
    keep: bool,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if self.keep {
            self.idle.lock().unwrap().extend(self.stream.take());
        }
    }
}

impl Remote {
    const TIME_LIMIT: Duration = Duration::from_secs(1);

    /// A store on this server that connects to another address, which is the proxy.
    pub(crate) fn new(defect: Defect, server: Server, address: SocketAddr) -> Self {
        Self { defect, server, address, idle: Mutex::default(), failures: AtomicU32::new(0) }
    }

    pub(super) async fn ask<T: Send + 'static>(
        &self,
        writes: bool,
        job: impl FnOnce(&ModelStore) -> T + Send + 'static,
    ) -> Result<T, StoreError> {
        let (number, sent) = (self.server.note(job), AtomicBool::new(false));
        match self.talk(number, &sent).await {
            Ok(answered) => self
                .server
                .answer(answered)
                .ok_or_else(|| StoreError::new(StoreErrorKind::Protocol, Applied::Unknown)),
            Err(error) => {
                self.failures.fetch_add(1, Ordering::SeqCst);
                let unknown =
                    writes && sent.load(Ordering::SeqCst) && self.defect != Defect::LostAnswersAreNo;
                let applied = if unknown { Applied::Unknown } else { Applied::No };
                let kind = match error.kind() {
                    io::ErrorKind::TimedOut => StoreErrorKind::Timeout,
                    _ => StoreErrorKind::Unavailable,
                };
                Err(StoreError::new(kind, applied))
            }
        }
    }

    /// Sends the number and returns the number that comes back.
    async fn talk(&self, number: u64, sent: &AtomicBool) -> io::Result<u64> {
        if self.defect == Defect::BreakerNeverCloses && self.failures.load(Ordering::SeqCst) >= 5 {
            return Err(io::ErrorKind::ConnectionRefused.into());
        }
        let idle = self.idle.lock().unwrap().pop();
        let keep = self.defect == Defect::CancelledConnectionsAreKept;
        let mut lent = Lent { stream: idle, idle: &self.idle, keep };
        let conversation = async {
            let stream = match &mut lent.stream {
                Some(stream) => stream,
                none => none.insert(TcpStream::connect(self.address).await?),
            };
            sent.store(true, Ordering::SeqCst);
            exchange(stream, number).await
        };
        let limit = if self.defect == Defect::WaitsForEver { Duration::MAX } else { Self::TIME_LIMIT };
        let answer = timeout(limit, conversation).await;
        lent.keep = match &answer {
            Ok(Ok(_)) => true,
            Ok(Err(_)) => self.defect == Defect::DeadConnectionsAreKept,
            Err(_) => self.defect == Defect::LateConnectionsAreKept,
        };
        answer.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }
}

async fn exchange(stream: &TcpStream, number: u64) -> io::Result<u64> {
    stream.writable().await?;
    // Eight bytes always fit.
    stream.try_write(&number.to_be_bytes())?;
    let (mut answer, mut had) = ([0; 8], 0);
    while had < answer.len() {
        stream.readable().await?;
        match stream.try_read(&mut answer[had..]) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => had += read,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(u64::from_be_bytes(answer))
}
