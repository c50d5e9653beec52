use std::{
    io::{self, Read as _, Write as _},
    os::unix::net::UnixStream,
    path::Path,
};

use crate::{limits::SERVER_ANSWERED, process::Readiness};

/// Signs in through a Unix socket, and out again. A server that still starts, or recovers, refuses that.
pub(super) fn readiness(socket: &Path, user: &str, database: &str) -> Readiness {
    match first_message(socket, user, database) {
        Ok((b'R', _)) => Readiness::Ready,
        Ok((_, text)) => Readiness::NotYet(text),
        Err(error) => Readiness::NotYet(error.to_string()),
    }
}

/// The kind of the first message that the server sends, and its text.
fn first_message(socket: &Path, user: &str, database: &str) -> io::Result<(u8, String)> {
    const VERSION: [u8; 4] = [0, 3, 0, 0];
    const TERMINATE: [u8; 5] = [b'X', 0, 0, 0, 4];

    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(SERVER_ANSWERED))?;
    let body = format!("user\0{user}\0database\0{database}\0\0");
    let length = u32::try_from(body.len() + 8).map_err(io::Error::other)?.to_be_bytes();
    stream.write_all(&[&length, &VERSION, body.as_bytes()].concat())?;
    let mut head = [0; 5];
    stream.read_exact(&mut head)?;
    let [kind, length @ ..] = head;
    let length = u64::from(u32::from_be_bytes(length)).saturating_sub(4);
    let mut text = vec![];
    (&stream).take(length).read_to_end(&mut text)?;
    stream.write_all(&TERMINATE)?;
    Ok((kind, String::from_utf8_lossy(&text).replace('\0', " ")))
}
