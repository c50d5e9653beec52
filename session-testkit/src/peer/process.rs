use std::{
    env,
    io::{self, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::{Mutex, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

use session_core::id::{Entropy as _, Generator};

use super::{
    Secret, VARIABLE,
    output::Output,
    wire::{Reply, Request, Wire as _, receive, send},
};
use crate::limits::{PEER_ANSWERED, PEER_ENDED, PEER_STARTED};

/// The process of a peer. It ends with this value, and with this process, whatever ends it.
pub(crate) struct Process {
    child: Mutex<Child>,
    /// The child lives as long as this is open.
    _input: ChildStdin,
    output: Output,
    address: SocketAddr,
    secret: Secret,
    idle: Mutex<Vec<TcpStream>>,
}

impl Process {
    /// Starts this program once more, to serve the fixture of this number and name.
    pub(super) fn start(number: usize, name: &str) -> Result<Self, String> {
        let (mut secret, mut word) = (Secret::default(), [0; 16]);
        let drawn = Generator.fill(&mut secret).and_then(|()| Generator.fill(&mut word));
        drawn.map_err(|error| error.to_string())?;
        let word = word.map(|byte| format!("{byte:02x}")).concat();
        let mut child = spawn(&format!("{number}:{word}")).map_err(|error| {
            format!(
                "this program could not be started again as the process of a peer: {error}; \
                 `Opened::with_peer` needs no process"
            )
        })?;
        let output = Output::default();
        let (found, greeting) = mpsc::channel();
        if let Some(from) = child.stdout.take() {
            output.drain(from, move |line| {
                if let Some((_, greeting)) = line.split_once(&word) {
                    let _ = found.send(greeting.to_owned());
                }
            });
        }
        if let Some(from) = child.stderr.take() {
            output.drain(from, |_| {});
        }
        let input = child.stdin.take();
        let mut process = Unserved { child, output };
        let mut input = input.ok_or_else(|| process.told("its input is closed"))?;
        // A child that has ended already is found out below.
        let _ = input.write_all(&secret).and_then(|()| input.flush());
        let greeting = greeting.recv_timeout(PEER_STARTED).map_err(|_| process.told("it does not serve"))?;
        let (port, seen) = greeting.trim().split_once(' ').unwrap_or_default();
        let port = port.parse().map_err(|_| process.told("its greeting has no port"))?;
        if seen != name {
            return Err(process.told(&format!("its fixture of this number is {seen:?} and not {name:?}")));
        }
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let Unserved { child, output } = process;
        Ok(Self { child: child.into(), _input: input, output, address, secret, idle: Mutex::default() })
    }

    /// Asks the child, on a connection that no other thread uses.
    pub(super) fn ask(&self, request: &Request<'_>) -> Result<Reply, String> {
        let asked = || -> io::Result<(Reply, TcpStream)> {
            let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut stream = idle.map_or_else(|| self.connect(), Ok)?;
            send(&mut stream, &request.to_bytes())?;
            let message = receive(&mut stream)?;
            let reply = Reply::from_bytes(&message).ok_or(io::ErrorKind::InvalidData)?;
            Ok((reply, stream))
        };
        let (reply, stream) = asked().map_err(|error| self.obituary(&error))?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(stream);
        Ok(reply)
    }

    fn connect(&self) -> io::Result<TcpStream> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PEER_ANSWERED))?;
        stream.write_all(&self.secret)?;
        Ok(stream)
    }

    pub(super) fn has_ended(&self) -> bool {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        !matches!(child.try_wait(), Ok(None))
    }

    /// Why the child did not answer.
    fn obituary(&self, error: &io::Error) -> String {
        let output = self.output.told();
        if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) {
            return format!("the process of the peer did not answer within {PEER_ANSWERED:?}{output}");
        }
        let status = ended_within(&mut self.child.lock().unwrap_or_else(PoisonError::into_inner), PEER_ENDED);
        match status {
            Some(status) => format!(
                "the process of the peer ended in the middle of a case ({status}); it must run as long as the \
                 suite does{}",
                self.output.told()
            ),
            None => format!("the process of the peer cannot be asked: {error}{output}"),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let child = self.child.get_mut().unwrap_or_else(PoisonError::into_inner);
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// A child that was started and does not serve yet.
struct Unserved {
    child: Child,
    output: Output,
}

impl Unserved {
    /// Ends the child, and tells why.
    fn told(&mut self, what: &str) -> String {
        let ended = ended_within(&mut self.child, PEER_ENDED);
        let what = match ended {
            Some(status) => format!("it ended before it served ({status})"),
            None => what.to_owned(),
        };
        let _ = self.child.kill();
        let _ = self.child.wait();
        format!(
            "the process of the peer could not be started: {what}. The kit starts this program once more, with the variable \
             {VARIABLE}; it must come to `session_testkit::main` or `Suites::run` with the same fixtures in the same \
             order{}",
            self.output.told()
        )
    }
}

fn spawn(role: &str) -> io::Result<Child> {
    let mut command = Command::new(env::current_exe()?);
    command.args(env::args_os().skip(1)).env(VARIABLE, role);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
}

/// The status of a child whose end is expected.
fn ended_within(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(None) if start.elapsed() < limit => thread::sleep(Duration::from_millis(5)),
            status => return status.ok().flatten(),
        }
    }
}
