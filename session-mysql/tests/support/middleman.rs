//! A forwarder that spreads connections over several servers, and that can answer an error in place of the server's reply.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering},
    },
    thread,
};

/// It ends with the test's process.
pub(crate) struct Middleman {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    servers: Vec<SocketAddr>,
    connections: AtomicUsize,
    refused: Mutex<Option<String>>,
    /// How many executions are still answered falsely, and with which code.
    false_replies: Mutex<u32>,
    code: AtomicU32,
}

impl Middleman {
    /// Each connection leads to the next one of the servers.
    pub(crate) fn start(servers: Vec<SocketAddr>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            servers,
            connections: AtomicUsize::new(0),
            refused: Mutex::new(None),
            false_replies: Mutex::new(0),
            code: AtomicU32::new(0),
        });
        let serving = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming() {
                serving.serve(client.unwrap());
            }
        });
        Self { address, shared }
    }

    /// `mysql://user@address/database`.
    pub(crate) fn url(&self, user: &str, database: &str) -> String {
        format!("mysql://{user}@{}/{database}", self.address)
    }

    /// How many connections were made.
    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Queries that contain this are answered by an error.
    pub(crate) fn refuse_queries_with(&self, text: &str) {
        self.shared.code.store(1193, Ordering::SeqCst);
        *self.shared.refused.lock().unwrap() = Some(text.to_owned());
    }

    /// The server does what the next `times` prepared statements say, and the client is told this error.
    pub(crate) fn reply_falsely(&self, code: u16, times: u32) {
        self.shared.code.store(code.into(), Ordering::SeqCst);
        *self.shared.false_replies.lock().unwrap() = times;
    }

    /// How many false replies are still to come.
    pub(crate) fn false_replies_left(&self) -> u32 {
        *self.shared.false_replies.lock().unwrap()
    }
}

impl Shared {
    fn serve(self: &Arc<Self>, client: TcpStream) {
        let number = self.connections.fetch_add(1, Ordering::SeqCst);
        let next = self.servers.iter().cycle().nth(number % self.servers.len()).unwrap();
        let Ok(server) = TcpStream::connect(next) else { return };
        client.set_nodelay(true).unwrap();
        server.set_nodelay(true).unwrap();
        let next_is_false = Arc::new(AtomicBool::new(false));
        let (this, flag) = (Arc::clone(self), Arc::clone(&next_is_false));
        let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        thread::spawn(move || pump(from, to, |bytes| this.heed(bytes, &flag)));
        let this = Arc::clone(self);
        thread::spawn(move || pump(server, client, |bytes| this.falsify(bytes, &next_is_false)));
    }

    fn heed(&self, bytes: &[u8], next_is_false: &AtomicBool) {
        const EXECUTE: u8 = 0x17;
        let refused = self.refused.lock().unwrap();
        if refused.as_ref().is_some_and(|text| bytes.windows(text.len()).any(|part| part == text.as_bytes()))
        {
            next_is_false.store(true, Ordering::SeqCst);
        }
        let mut left = self.false_replies.lock().unwrap();
        if bytes.get(4) == Some(&EXECUTE) && *left > 0 {
            *left -= 1;
            next_is_false.store(true, Ordering::SeqCst);
        }
    }

    fn falsify(&self, bytes: &mut Vec<u8>, next_is_false: &AtomicBool) {
        if next_is_false.swap(false, Ordering::SeqCst) {
            let code = u16::try_from(self.code.load(Ordering::SeqCst)).unwrap().to_le_bytes();
            let sequence = *bytes.get(3).unwrap();
            let body = [&[0xff], &code[..], b"#HY000", b"said in its place"].concat();
            *bytes = [&[u8::try_from(body.len()).unwrap(), 0, 0, sequence], &body[..]].concat();
        }
    }
}

fn pump(mut from: TcpStream, mut to: TcpStream, change: impl Fn(&mut Vec<u8>)) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        let mut bytes = buffer.get(..read).unwrap().to_vec();
        change(&mut bytes);
        if to.write_all(&bytes).is_err() {
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}
