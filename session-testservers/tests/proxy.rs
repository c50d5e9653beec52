//! Every mode of the proxy, in front of a server that echoes.
#![cfg(unix)]

use std::{
    error::Error,
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    os::unix::net::UnixListener,
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use session_testservers::proxy::{Direction, Mode, Proxy, Traffic};

type Checked<T = ()> = Result<T, Box<dyn Error>>;

/// Long enough for any machine. Only a failing test waits this long.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// A server that echoes, and reports for each connection how many bytes it received until its end.
fn echo() -> Checked<(SocketAddr, Receiver<u64>)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let (tell, told) = channel();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let tell = tell.clone();
            thread::spawn(move || tell.send(answer(stream)));
        }
    });
    Ok((address, told))
}

fn answer(mut stream: impl Read + Write) -> u64 {
    let (mut received, mut buffer) = (0, [0; 1024]);
    loop {
        let read = stream.read(&mut buffer).unwrap_or(0);
        received += read as u64;
        match buffer.get(..read).filter(|echo| !echo.is_empty()).map(|echo| stream.write_all(echo)) {
            Some(Ok(())) => {}
            Some(Err(_)) | None => return received,
        }
    }
}

fn connect(proxy: &Proxy) -> Checked<TcpStream> {
    let stream = TcpStream::connect(proxy.address())?;
    stream.set_read_timeout(Some(TIME_LIMIT))?;
    Ok(stream)
}

fn ask(stream: &mut TcpStream, text: &str) -> Checked<String> {
    stream.write_all(text.as_bytes())?;
    read(stream, text.len())
}

fn read(stream: &mut TcpStream, bytes: usize) -> Checked<String> {
    let mut answer = vec![0; bytes];
    stream.read_exact(&mut answer)?;
    Ok(String::from_utf8(answer)?)
}

/// Reads everything up to the end of the connection, orderly or not.
fn rest(stream: &mut TcpStream) -> Checked<String> {
    let mut answer = vec![];
    match stream.read_to_end(&mut answer) {
        Err(error) if error.kind() != ErrorKind::ConnectionReset => Err(error.into()),
        _ => Ok(String::from_utf8(answer)?),
    }
}

fn is_silent(stream: &TcpStream) -> Checked<bool> {
    stream.set_nonblocking(true)?;
    let peeked = stream.peek(&mut [0; 1]).map_err(|error| error.kind());
    stream.set_nonblocking(false)?;
    Ok(peeked == Err(ErrorKind::WouldBlock))
}

fn await_traffic(proxy: &Proxy, is_so: impl Fn(Traffic) -> bool) {
    assert!(proxy.wait(TIME_LIMIT, is_so), "it came to {:?}", proxy.traffic());
}

#[test]
fn it_passes_and_counts() -> Checked {
    let (server, _told) = echo()?;
    let proxy = Proxy::start(server)?;
    let (mut one, mut other) = (connect(&proxy)?, connect(&proxy)?);
    assert_eq!(ask(&mut one, "hello")?, "hello");
    assert_eq!(ask(&mut one, "again")?, "again");
    assert_eq!(ask(&mut other, "me too")?, "me too");
    await_traffic(&proxy, |traffic| traffic.to_client == 16);
    let traffic = proxy.traffic();
    assert_eq!((traffic.connections, traffic.open, traffic.held), (2, 2, 0));
    assert_eq!((traffic.to_server, traffic.round_trips), (16, 3));
    drop(one);
    await_traffic(&proxy, |traffic| traffic.open == 1);
    Ok(())
}

#[test]
fn a_half_closed_connection_still_gets_its_answer() -> Checked {
    let (server, told) = echo()?;
    let proxy = Proxy::start(server)?;
    let mut client = connect(&proxy)?;
    let text = "x".repeat(1_000_000);
    let mut writer = client.try_clone()?;
    let sent = text.clone();
    let writing = thread::spawn(move || {
        writer.write_all(sent.as_bytes()).and_then(|()| writer.shutdown(std::net::Shutdown::Write))
    });
    assert!(rest(&mut client)? == text, "a million bytes come back as they were");
    writing.join().map_err(|_| "the writer panicked")??;
    assert_eq!(told.recv_timeout(TIME_LIMIT)?, 1_000_000);
    Ok(())
}

#[test]
fn it_cuts_now() -> Checked {
    let (server, told) = echo()?;
    let proxy = Proxy::start(server)?;
    let mut client = connect(&proxy)?;
    assert_eq!(ask(&mut client, "hello")?, "hello");
    proxy.cut();
    assert_eq!(rest(&mut client)?, "");
    assert_eq!(told.recv_timeout(TIME_LIMIT)?, 5, "the server sees it, too");
    await_traffic(&proxy, |traffic| traffic.open == 0);
    assert_eq!(ask(&mut connect(&proxy)?, "hello")?, "hello", "a new one passes");
    Ok(())
}

#[test]
fn it_cuts_a_reply_in_the_middle() -> Checked {
    let (server, told) = echo()?;
    let proxy = Proxy::start(server)?;
    let mut client = connect(&proxy)?;
    proxy.set(Mode::CutAfter { direction: Direction::ToClient, bytes: 7 });
    assert_eq!(ask(&mut client, "hello")?, "hello");
    assert_eq!(proxy.mode(), Mode::CutAfter { direction: Direction::ToClient, bytes: 2 });
    client.write_all(b"again")?;
    assert_eq!(rest(&mut client)?, "ag");
    assert_eq!(told.recv_timeout(TIME_LIMIT)?, 10, "the whole request has arrived");
    assert_eq!(proxy.mode(), Mode::Pass);
    assert_eq!(ask(&mut connect(&proxy)?, "hello")?, "hello");
    Ok(())
}

#[test]
fn it_cuts_a_request_in_the_middle() -> Checked {
    let (server, told) = echo()?;
    let proxy = Proxy::start(server)?;
    for bytes in [0, 3, 5] {
        let mut client = connect(&proxy)?;
        proxy.set(Mode::CutAfter { direction: Direction::ToServer, bytes });
        client.write_all(b"hello")?;
        let answer = rest(&mut client)?;
        assert!("hello".starts_with(&answer) && answer.len() as u64 <= bytes, "{bytes}: {answer}");
        assert_eq!(told.recv_timeout(TIME_LIMIT)?, bytes);
    }
    Ok(())
}

#[test]
fn it_refuses_and_accepts_again() -> Checked {
    let (server, _told) = echo()?;
    let proxy = Proxy::start(server)?;
    let mut old = connect(&proxy)?;
    assert_eq!(ask(&mut old, "hello")?, "hello");
    for _ in 0..3 {
        proxy.set(Mode::Refuse);
        let refused = TcpStream::connect(proxy.address()).map_err(|error| error.kind());
        assert_eq!(refused.err(), Some(ErrorKind::ConnectionRefused));
        assert_eq!(ask(&mut old, "still")?, "still", "an old one passes");
        proxy.set(Mode::Pass);
        assert_eq!(ask(&mut connect(&proxy)?, "hello")?, "hello");
    }
    assert_eq!(proxy.traffic().connections, 4);
    Ok(())
}

#[test]
fn it_stalls_and_goes_on() -> Checked {
    let (server, _told) = echo()?;
    let proxy = Proxy::start(server)?;
    let mut old = connect(&proxy)?;
    assert_eq!(ask(&mut old, "hello")?, "hello");
    proxy.set(Mode::Stall);
    let mut new = connect(&proxy)?;
    old.write_all(b"old")?;
    new.write_all(b"new")?;
    await_traffic(&proxy, |traffic| traffic.held == 6);
    assert_eq!(proxy.traffic().to_server, 5, "nothing has arrived");
    assert!(is_silent(&old)? && is_silent(&new)?);
    proxy.set(Mode::Pass);
    assert_eq!((read(&mut old, 3)?, read(&mut new, 3)?), ("old".to_owned(), "new".to_owned()));
    Ok(())
}

#[test]
fn it_delivers_late() -> Checked {
    let (server, _told) = echo()?;
    let proxy = Proxy::start(server)?;
    let mut client = connect(&proxy)?;
    proxy.set(Mode::HoldReplies);
    client.write_all(b"first")?;
    await_traffic(&proxy, |traffic| traffic.held == 5);
    assert!(is_silent(&client)?);
    assert_eq!(proxy.traffic().to_server, 5, "the server has done it");
    // The client has given up waiting and sends another request on the same connection.
    client.write_all(b"other")?;
    await_traffic(&proxy, |traffic| traffic.to_server == 10);
    proxy.set(Mode::Pass);
    assert_eq!(read(&mut client, 10)?, "firstother", "it is answered what it asked first");
    Ok(())
}

#[test]
fn it_delivers_late_to_a_client_that_has_gone() -> Checked {
    let (server, told) = echo()?;
    let proxy = Proxy::start(server)?;
    let mut client = connect(&proxy)?;
    proxy.set(Mode::HoldReplies);
    client.write_all(b"first")?;
    await_traffic(&proxy, |traffic| traffic.held == 5);
    drop(client);
    assert_eq!(told.recv_timeout(TIME_LIMIT)?, 5);
    proxy.set(Mode::Pass);
    await_traffic(&proxy, |traffic| traffic.open == 0);
    assert_eq!(ask(&mut connect(&proxy)?, "hello")?, "hello", "its reply reaches nobody else");
    Ok(())
}

#[test]
fn it_delays_both_ways() -> Checked {
    const DELAY: Duration = Duration::from_millis(30);

    let (server, _told) = echo()?;
    let proxy = Proxy::start(server)?;
    let mut client = connect(&proxy)?;
    proxy.set(Mode::Delay(DELAY));
    let start = Instant::now();
    assert_eq!(ask(&mut client, "hello")?, "hello");
    assert!(start.elapsed() >= 2 * DELAY, "{:?}", start.elapsed());
    // Bytes that are held back are delivered at once when the mode ends.
    proxy.set(Mode::Delay(2 * TIME_LIMIT));
    client.write_all(b"again")?;
    await_traffic(&proxy, |traffic| traffic.held == 5);
    proxy.set(Mode::Pass);
    assert_eq!(read(&mut client, 5)?, "again");
    Ok(())
}

#[test]
fn it_leaves_a_connection_half_open() -> Checked {
    let (server, told) = echo()?;
    let proxy = Proxy::start(server)?;
    let mut client = connect(&proxy)?;
    assert_eq!(ask(&mut client, "hello")?, "hello");
    proxy.half_open();
    assert_eq!(told.recv_timeout(TIME_LIMIT)?, 5, "for the server it has ended");
    client.write_all(b"again")?;
    assert_eq!(ask(&mut connect(&proxy)?, "new")?, "new", "a new one passes");
    assert!(is_silent(&client)?, "the old one is neither answered nor ended");
    assert_eq!(proxy.traffic().to_server, 8);
    proxy.cut();
    assert_eq!(rest(&mut client)?, "");
    Ok(())
}

#[test]
fn a_distance_stays_whatever_the_mode() -> Checked {
    let (server, _told) = echo()?;
    let proxy = Proxy::start(server)?;
    let far = Duration::from_millis(30);
    proxy.set_distance(far);
    for mode in [Mode::Pass, Mode::Delay(Duration::from_millis(1)), Mode::Pass] {
        proxy.set(mode);
        let mut client = connect(&proxy)?;
        let sent = Instant::now();
        client.write_all(b"ping")?;
        client.read_exact(&mut [0; 4])?;
        assert!(sent.elapsed() >= far * 2, "{mode:?} took {:?}", sent.elapsed());
    }
    proxy.set_distance(Duration::ZERO);
    Ok(())
}

#[test]
fn its_buffers_are_bounded() -> Checked {
    let (server, _told) = echo()?;
    let proxy = Proxy::start(server)?;
    proxy.set(Mode::Stall);
    let mut client = connect(&proxy)?;
    client.set_nonblocking(true)?;
    let chunk = [0; 64 * 1024];
    // The buffers of the system take some megabytes, and then no more.
    let mut sent = 0_u64;
    while let Ok(bytes) = client.write(&chunk) {
        sent += bytes as u64;
        assert!(sent < 64 << 20, "it takes whatever it is sent");
    }
    assert!(proxy.traffic().held <= 16 * 1024);
    Ok(())
}

#[test]
fn a_server_that_is_not_there_is_a_connection_that_ends() -> Checked {
    let nowhere = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let proxy = Proxy::start(nowhere)?;
    assert_eq!(rest(&mut connect(&proxy)?)?, "");
    await_traffic(&proxy, |traffic| traffic.connections == 1 && traffic.open == 0);
    Ok(())
}

#[test]
fn it_reaches_a_unix_socket() -> Checked {
    let path = std::env::temp_dir().join(format!("session-testservers-proxy-{}.sock", std::process::id()));
    let listener = UnixListener::bind(&path)?;
    let serving = thread::spawn(move || listener.accept().map(|(stream, _)| answer(stream)));
    let proxy = Proxy::start(path.clone())?;
    let asked = connect(&proxy).and_then(|mut client| ask(&mut client, "hello"));
    drop(proxy);
    std::fs::remove_file(&path)?;
    assert_eq!(asked?, "hello");
    assert_eq!(serving.join().map_err(|_| "the server panicked")??, 5);
    Ok(())
}

#[test]
fn it_ends_in_every_mode() -> Checked {
    let (server, told) = echo()?;
    let modes = [
        Mode::Pass,
        Mode::Refuse,
        Mode::Stall,
        Mode::HoldReplies,
        Mode::Delay(2 * TIME_LIMIT),
        Mode::CutAfter { direction: Direction::ToServer, bytes: 1 << 40 },
    ];
    for mode in modes {
        let proxy = Proxy::start(server)?;
        let address = proxy.address();
        let mut client = connect(&proxy)?;
        assert_eq!(ask(&mut client, "hello")?, "hello");
        proxy.set(mode);
        client.write_all(b"again")?;
        let start = Instant::now();
        drop(proxy);
        assert!(start.elapsed() < TIME_LIMIT, "{mode:?}: {:?}", start.elapsed());
        rest(&mut client)?;
        told.recv_timeout(TIME_LIMIT)?;
        let refused = TcpStream::connect(address).map_err(|error| error.kind());
        assert_eq!(refused.err(), Some(ErrorKind::ConnectionRefused), "{mode:?}");
    }
    Ok(())
}
