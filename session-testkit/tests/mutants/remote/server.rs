use std::{
    any::Any,
    collections::HashMap,
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};

use session_testkit::{ModelClock, ModelStore};

type Answer = Box<dyn Any + Send>;
type Job = Box<dyn FnOnce(&ModelStore) -> Answer + Send>;

/// The model store behind a port. A request is the number of a job, and the reply is the same number.
pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    store: ModelStore,
    next: AtomicU64,
    jobs: Mutex<HashMap<u64, Job>>,
    answers: Mutex<HashMap<u64, Answer>>,
    ended: AtomicBool,
}

impl Server {
    pub(crate) fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let (address, shared) = (listener.local_addr()?, Arc::<Shared>::default());
        let serving = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if serving.ended.load(Ordering::SeqCst) {
                    return;
                }
                let shared = Arc::clone(&serving);
                // A connection that breaks ends its thread.
                thread::spawn(move || shared.serve(client).ok());
            }
        });
        Ok(Self { address, shared })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn clock(&self) -> ModelClock {
        self.shared.store.clock()
    }

    /// Notes a job and returns its number.
    pub(crate) fn note<T: Send + 'static>(&self, job: impl FnOnce(&ModelStore) -> T + Send + 'static) -> u64 {
        let number = self.shared.next.fetch_add(1, Ordering::SeqCst);
        self.shared.jobs.lock().unwrap().insert(number, Box::new(move |store| Box::new(job(store))));
        number
    }

    /// Takes the answer for this number.
    pub(crate) fn answer<T: 'static>(&self, number: u64) -> Option<T> {
        let answer = self.shared.answers.lock().unwrap().remove(&number)?;
        answer.downcast().ok().map(|answer| *answer)
    }
}

impl Shared {
    fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        let mut number = [0; 8];
        loop {
            client.read_exact(&mut number)?;
            let key = u64::from_be_bytes(number);
            let job = self.jobs.lock().unwrap().remove(&key).unwrap();
            let answer = job(&self.store);
            self.answers.lock().unwrap().insert(key, answer);
            client.write_all(&number)?;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}
