//! Runs a command while `SESSION_TEST_MYSQL_URL` points at a group of three servers that all take writes.
//!
//! ```sh
//! cargo run -p session-testservers --example mysql_group galera cargo test -p session-mysql --test conformance
//! ```
//!
//! Each connection goes to the next server, and each server waits for what the others wrote. The other kind is `group`,
//! MySQL's Group Replication; `SESSION_TEST_MYSQL_SERVER` must name a MySQL for it.

use std::{
    env,
    error::Error,
    io,
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    process::{Command, ExitCode},
    thread,
};

use session_testservers::{Galera, MariaDb, ReplicationGroup};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    match arguments.next().as_deref() {
        Some("galera") => run(Galera::start(&["wsrep_sync_wait=7"])?.nodes(), arguments),
        Some("group") => {
            run(ReplicationGroup::start(&["group_replication_consistency=AFTER"])?.nodes(), arguments)
        }
        _ => Err("usage: mysql_group galera|group COMMAND…".into()),
    }
}

fn run(nodes: &[MariaDb], mut command: impl Iterator<Item = String>) -> Result<ExitCode, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("mysql://root@{}/{}", listener.local_addr()?, MariaDb::DATABASE);
    let addresses: Vec<SocketAddr> = nodes.iter().map(MariaDb::address).collect();
    thread::spawn(move || spread(&listener, &addresses));
    let program = command.next().ok_or("a command is missing")?;
    let status = Command::new(program).args(command).env("SESSION_TEST_MYSQL_URL", url).status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Joins each connection with one to the next server.
fn spread(listener: &TcpListener, addresses: &[SocketAddr]) {
    let connections = listener.incoming().map_while(Result::ok);
    for (client, address) in connections.zip(addresses.iter().cycle()) {
        let Ok(server) = TcpStream::connect(address) else { continue };
        for (from, to) in [(&client, &server), (&server, &client)] {
            let (Ok(from), Ok(to)) = (from.try_clone(), to.try_clone()) else { continue };
            let _ = from.set_nodelay(true);
            thread::spawn(move || forward(from, to));
        }
    }
}

fn forward(mut from: TcpStream, mut to: TcpStream) {
    // An end that is gone ends the connection for both.
    let _ = io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Write);
}
