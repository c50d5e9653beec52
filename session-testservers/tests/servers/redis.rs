//! Single Redis servers.

use std::io::Write as _;

use session_testservers::{RedisServer, ServerError};

use crate::support::{Checked, connect, handshake, is_gone, is_silent, read, until};

pub(crate) fn it_starts_and_answers() -> Checked {
    let server = RedisServer::start()?;
    assert!(server.url().starts_with("redis://127.0.0.1:"), "{}", server.url());
    server.command(&["SET", "key", "with \r\n inside"])?;
    assert_eq!(server.command(&["GET", "key"])?.text(), "with \r\n inside");
    assert_eq!(server.command(&["MGET", "key", "none"])?.text(), "with \r\n inside\n");
    assert!(server.command(&["INFO", "server"])?.text().contains("redis_version"));
    server.command(&["CONFIG", "SET", "maxmemory-policy", "noeviction"])?;
    server.command(&["DEBUG", "SLEEP", "0"])?;
    let mut stream = connect(server.address())?;
    stream.write_all(b"PING\r\n")?;
    assert_eq!(read(&mut stream, 7)?, b"+PONG\r\n", "over TCP");
    Ok(())
}

pub(crate) fn it_comes_back_with_its_data() -> Checked {
    let server = RedisServer::builder().config("appendonly yes").start()?;
    let (address, process) = (server.address(), server.process_id());
    server.command(&["SET", "key", "1"])?;
    server.kill()?;
    assert_eq!(server.process_id(), None);
    server.kill()?;
    server.restart()?;
    assert_eq!(server.command(&["INCR", "key"])?.text(), "2", "after a crash");
    server.restart()?;
    assert_eq!(server.command(&["INCR", "key"])?.text(), "3", "after an orderly end");
    assert_eq!(server.address(), address);
    assert_ne!(server.process_id(), process);
    server.freeze()?;
    server.restart()?;
    assert_eq!(server.command(&["INCR", "key"])?.text(), "4", "after it was frozen");
    Ok(())
}

pub(crate) fn it_comes_back_empty_without_a_log() -> Checked {
    let server = RedisServer::start()?;
    server.command(&["SET", "key", "1"])?;
    server.restart()?;
    assert_eq!(server.command(&["DBSIZE"])?.text(), "0");
    Ok(())
}

pub(crate) fn a_frozen_one_answers_when_thawed() -> Checked {
    let server = RedisServer::start()?;
    server.freeze()?;
    let mut stream = connect(server.address())?;
    stream.write_all(b"PING\r\n")?;
    assert!(is_silent(&mut stream)?);
    server.thaw()?;
    assert_eq!(read(&mut stream, 7)?, b"+PONG\r\n");
    Ok(())
}

pub(crate) fn a_password_is_asked_for() -> Checked {
    let server = RedisServer::builder().password("a\"b\\c/d @").start()?;
    assert!(server.url().contains("://:a%22b%5Cc%2Fd%20%40@127.0.0.1:"), "{}", server.url());
    assert_eq!(server.command(&["PING"])?.text(), "PONG");
    let mut stream = connect(server.address())?;
    stream.write_all(b"PING\r\n")?;
    assert_eq!(read(&mut stream, 7)?, b"-NOAUTH");
    Ok(())
}

pub(crate) fn tls_is_verified() -> Checked {
    let (server, stranger) = (RedisServer::builder().tls().start()?, RedisServer::builder().tls().start()?);
    assert!(server.url().starts_with("rediss://127.0.0.1:"), "{}", server.url());
    let authority = server.authority().ok_or("TLS without an authority")?;
    let trusted = handshake(server.address(), authority, &[], "PING\r\nQUIT\r\n")?;
    assert!(trusted.contains("Verify return code: 0 (ok)") && trusted.contains("+PONG"), "{trusted}");
    let untrusted = handshake(stranger.address(), authority, &[], "PING\r\nQUIT\r\n")?;
    assert!(!untrusted.contains("+PONG"), "{untrusted}");
    assert_eq!(server.command(&["PING"])?.text(), "PONG", "through the Unix socket");
    Ok(())
}

pub(crate) fn two_are_strangers() -> Checked {
    let (one, other) = (RedisServer::start()?, RedisServer::start()?);
    assert_ne!(one.address(), other.address());
    assert_ne!(one.directory(), other.directory());
    one.command(&["SET", "key", "1"])?;
    assert_eq!(other.command(&["DBSIZE"])?.text(), "0");
    drop(one);
    assert_eq!(other.command(&["PING"])?.text(), "PONG");
    Ok(())
}

pub(crate) fn it_is_gone_after_drop() -> Checked {
    for freeze in [false, true] {
        let server = RedisServer::start()?;
        let process = server.process_id().ok_or("it runs")?;
        let (address, directory) = (server.address(), server.directory().to_owned());
        if freeze {
            server.freeze()?;
        }
        drop(server);
        until("gone", || is_gone(process, address, &directory))?;
    }
    Ok(())
}

pub(crate) fn a_bad_configuration_is_reported_with_the_log() -> Checked {
    match RedisServer::builder().config("no-such-directive 1").start() {
        Err(error @ ServerError::Failed { .. }) => {
            let text = error.to_string();
            assert!(text.contains("it ended") && text.contains("no-such-directive"), "{text}");
            Ok(())
        }
        other => other.map(|_| Err("it started".into()))?,
    }
}

pub(crate) fn an_error_is_an_error() -> Checked {
    let server = RedisServer::start()?;
    server.command(&["SET", "key", "text"])?;
    let refused = server.command(&["INCR", "key"]).map_err(|error| error.to_string());
    let expected = "INCR: the server answered ERR value is not an integer or out of range";
    assert_eq!(refused, Err(expected.to_owned()));
    server.kill()?;
    assert!(matches!(server.freeze(), Err(ServerError::Failed { .. })));
    Ok(())
}
