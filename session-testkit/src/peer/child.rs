use std::{
    env,
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::{self, ExitCode},
    sync::Arc,
    thread,
    time::Duration,
};

use tokio::runtime::Builder;

use super::{
    Secret, VARIABLE,
    instances::Instances,
    peers::Join,
    wire::{Request, Wire as _, receive, send},
};

/// The number of the fixture to serve, and the word of the greeting, if this process is that of a peer.
pub(crate) fn asked_to_serve() -> Option<(usize, String)> {
    let role = env::var(VARIABLE).ok()?;
    let (number, word) = role.split_once(':')?;
    Some((number.parse().ok()?, word.to_owned()))
}

/// Serves a fixture until the parent ends. Returns only if it cannot.
pub(crate) fn serve(name: &str, join: Join, word: &str) -> io::Result<ExitCode> {
    let mut secret = Secret::default();
    io::stdin().read_exact(&mut secret)?;
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port();
    let instances = Arc::new(Instances::new(runtime, join));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let instances = Arc::clone(&instances);
            // A connection that breaks ends its thread.
            thread::spawn(move || talk(stream, &secret, &instances).ok());
        }
    });
    // The program may have begun a line of its own.
    let mut out = io::stdout();
    out.write_all(format!("\n{word}{port} {name}\n").as_bytes())?;
    out.flush()?;
    // The other end is closed when the parent ends, whatever ends it.
    io::copy(&mut io::stdin(), &mut io::sink())?;
    process::exit(0)
}

fn talk(mut stream: TcpStream, secret: &Secret, instances: &Instances) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut said = Secret::default();
    stream.read_exact(&mut said)?;
    let differs = said.iter().zip(secret).fold(0, |differs, (one, other)| differs | (one ^ other));
    if differs != 0 {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    stream.set_read_timeout(None)?;
    loop {
        let message = receive(&mut stream)?;
        let request = Request::from_bytes(&message).ok_or(io::ErrorKind::InvalidData)?;
        send(&mut stream, &instances.answer(request).to_bytes())?;
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use super::*;
    use crate::{ModelStore, OpenError, Opened, peer::wire::Reply};

    /// Says this secret to a process whose secret is all sevens, and asks it to open an instance.
    fn asked_with(said: Secret) -> Result<Option<Reply>, Box<dyn Error>> {
        let join: Join =
            Box::new(|_, _| -> Result<Opened, OpenError> { Ok(Opened::blocking(ModelStore::new())) });
        let instances = Instances::new(Builder::new_multi_thread().worker_threads(1).build()?, join);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let mut client = TcpStream::connect(listener.local_addr()?)?;
        let (served, _) = listener.accept()?;
        let serving = thread::spawn(move || talk(served, &[7; 32], &instances));
        client.write_all(&said)?;
        let sent = send(&mut client, &Request::Open { place: "anywhere".to_owned() }.to_bytes());
        let reply = sent.and_then(|()| receive(&mut client)).ok().and_then(|reply| Reply::from_bytes(&reply));
        drop(client);
        let ended = serving.join().map_err(|_| "it panicked")?.map_err(|error| error.kind());
        assert_eq!(ended.is_err_and(|kind| kind == io::ErrorKind::PermissionDenied), reply.is_none());
        Ok(reply)
    }

    #[test]
    fn only_a_caller_with_the_secret_is_served() -> Result<(), Box<dyn Error>> {
        assert!(matches!(
            asked_with([7; 32])?,
            Some(Reply::Opened { blocking: true, nonblocking: false, .. })
        ));
        let mut near = [7; 32];
        if let Some(last) = near.last_mut() {
            *last = 8;
        }
        for wrong in [[0; 32], near] {
            assert!(asked_with(wrong)?.is_none());
        }
        Ok(())
    }
}
