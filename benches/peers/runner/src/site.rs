use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
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
    /// If it ends before.
    #[must_use]
    pub fn start(contender: &Contender, database: &Database, idle: Duration) -> Self {
        Self::start_by(Command::new(path_of(contender.program)), contender, database, idle)
    }

    /// The same under Valgrind's counter of instructions, which writes into this file in the end.
    #[must_use]
    pub fn start_counted(contender: &Contender, database: &Database, idle: Duration, counts: &Path) -> Self {
        let mut command = Command::new("valgrind");
        command
            .args(["--quiet", "--tool=callgrind"])
            .arg(format!("--callgrind-out-file={}", counts.display()));
        command.arg(path_of(contender.program));
        Self::start_by(command, contender, database, idle)
    }

    fn start_by(mut command: Command, contender: &Contender, database: &Database, idle: Duration) -> Self {
        command.arg(contender.kind.name()).arg(database.url()).arg(idle.as_secs().to_string());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim_end().parse();
        Self { address: address.unwrap_or_else(|_| panic!("{} ended", contender.title())), child }
    }

    /// Lets the program end by itself.
    pub fn end(mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
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
