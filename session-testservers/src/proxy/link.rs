use std::{
    io::{self, Read as _, Write as _},
    net::{Shutdown, TcpStream},
    sync::Arc,
    thread,
};

use super::{
    Direction, Upstream,
    gate::{Gate, Verdict},
    upstream::Wire,
};

/// The most bytes that a connection holds back in each direction. Beyond that the sender must wait.
const BUFFER: usize = 16 * 1024;

/// The same for a connection over a distance, so that a megabyte is under way in a few deliveries.
const FAR_BUFFER: usize = 256 * 1024;

/// Serves one connection until both directions have ended.
pub(super) fn serve(id: u64, client: TcpStream, upstream: &Upstream, gate: &Arc<Gate>) {
    // Closing the connection is the only way to tell the client that the server cannot be reached.
    let _ = connect(id, client, upstream, gate);
    gate.close(id);
}

fn connect(id: u64, client: TcpStream, upstream: &Upstream, gate: &Arc<Gate>) -> io::Result<()> {
    let client = Wire::tcp(client)?;
    let server = upstream.connect()?;
    if !gate.open(id, client.try_clone()?, server.try_clone()?) {
        return Ok(());
    }
    let (from, to, replies) = (server.try_clone()?, client.try_clone()?, Arc::clone(gate));
    let run = move || pump(id, Direction::ToClient, from, to, &replies);
    let replies = thread::Builder::new().name("proxy replies".to_owned()).spawn(run)?;
    pump(id, Direction::ToServer, client, server, gate);
    // A thread that panicked has ended as well.
    let _ = replies.join();
    Ok(())
}

fn pump(id: u64, direction: Direction, mut from: Wire, mut to: Wire, gate: &Gate) {
    let mut buffer = vec![0; FAR_BUFFER];
    loop {
        let size = if gate.read(|state| state.distance.is_zero()) { BUFFER } else { FAR_BUFFER };
        let read = match from.read(buffer.get_mut(..size).unwrap_or_default()) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            // A connection that was reset has ended.
            Err(_) => 0,
        };
        gate.record(buffer.get(..read).unwrap_or_default());
        let verdict = gate.admit(id, direction, read);
        let wanted = match verdict {
            Verdict::Deliver => read,
            Verdict::DeliverAndCut(bytes) => bytes,
            Verdict::Swallow => 0,
            Verdict::End => return,
        };
        let delivered = match buffer.get(..wanted) {
            Some(bytes) => to.write_all(bytes),
            None => Ok(()),
        };
        match verdict {
            Verdict::DeliverAndCut(_) => return gate.change(|state| state.cut(id)),
            // In a half-open connection, the side of the client stays open.
            Verdict::Swallow if read == 0 && direction == Direction::ToClient => return,
            _ if read == 0 => return to.shutdown(Shutdown::Write),
            _ => {}
        }
        if delivered.is_err() && !gate.read(|state| state.is_half_open(id)) {
            return gate.change(|state| state.cut(id));
        }
    }
}
