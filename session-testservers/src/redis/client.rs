use std::{
    io::{self, BufReader, Write as _},
    os::unix::net::UnixStream,
    path::Path,
};

use super::Reply;
use crate::{ServerError, limits::SERVER_ANSWERED};

/// Sends one command on a new connection and returns the reply.
pub(super) fn ask(socket: &Path, password: Option<&str>, command: &[&str]) -> Result<Reply, ServerError> {
    // The words after the first one can be secrets.
    let asked = command.first().copied().unwrap_or_default();
    let talk = || {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(SERVER_ANSWERED))?;
        stream.set_write_timeout(Some(SERVER_ANSWERED))?;
        let mut stream = BufReader::new(stream);
        if let Some(password) = password {
            write(&mut stream, &["AUTH", password])?;
            if let Reply::Error(answer) = Reply::read(&mut stream)? {
                return Ok(Reply::Error(answer));
            }
        }
        write(&mut stream, command)?;
        Reply::read(&mut stream)
    };
    match talk().map_err(ServerError::io(format!("asking redis to {asked}")))? {
        Reply::Error(answer) => Err(ServerError::Refused { asked: asked.to_owned(), answer }),
        reply => Ok(reply),
    }
}

fn write(stream: &mut BufReader<UnixStream>, command: &[&str]) -> io::Result<()> {
    let mut bytes = format!("*{}\r\n", command.len()).into_bytes();
    for word in command {
        bytes.extend_from_slice(format!("${}\r\n{word}\r\n", word.len()).as_bytes());
    }
    stream.get_mut().write_all(&bytes)
}
