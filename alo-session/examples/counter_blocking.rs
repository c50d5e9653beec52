//! Counts the visits of each browser without a runtime: `cargo run --example counter_blocking --features blocking`.

use std::io::{BufRead as _, BufReader, Error, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::SystemTime;

use alo_session::{MemoryStore, SessionConfig, SessionError, Visit, blocking::Sessions};

fn count(sessions: &Sessions<MemoryStore>, cookie: &str) -> Result<String, SessionError> {
    let visit = Visit::new().cookie(cookie.as_bytes());
    let session = sessions.open(&visit, SystemTime::now().into())?;
    let visits = session.update("visits", |visits: &mut u32| {
        *visits += 1;
        *visits
    })?;
    let settled = sessions.save(&session, SystemTime::now().into())?;

    let mut head = String::from("200 OK\r\nCache-Control: no-store\r\n");
    if let Some(cookie) = settled.cookie.header(&sessions.context().config().cookie) {
        head += &format!("Set-Cookie: {}\r\n", cookie.as_str());
    }
    Ok(format!("{head}\r\nYou were here {visits} times.\n"))
}

fn serve(sessions: &Sessions<MemoryStore>, mut stream: TcpStream) -> Result<(), Error> {
    let lines = BufReader::new((&stream).take(16 * 1024)).lines();
    let lines = lines.take_while(|line| !matches!(line, Ok(line) if line.is_empty()));
    let head = lines.collect::<Result<Vec<String>, Error>>()?;
    let mut fields = head.iter().filter_map(|line| line.split_once(':'));
    let cookie = fields.find(|(name, _)| name.eq_ignore_ascii_case("cookie"));
    let cookie = cookie.map_or("", |(_, value)| value);

    let failed = |error| format!("503 Service Unavailable\r\n\r\n{error}\n");
    let response = count(sessions, cookie).unwrap_or_else(failed);
    write!(stream, "HTTP/1.1 {response}")
}

fn main() -> Result<(), Error> {
    let sessions = Sessions::new(MemoryStore::new(), SessionConfig::default());
    for stream in TcpListener::bind("127.0.0.1:3000")?.incoming() {
        // A broken connection must not end the others.
        let _ = serve(&sessions, stream?);
    }
    Ok(())
}
