//! MariaDB servers.

use session_testservers::{MariaDb, RedisServer, ServerError};

use crate::support::{Checked, connect, handshake, is_gone, is_silent, read, until};

pub(crate) fn it_starts_and_answers() -> Checked {
    let server =
        MariaDb::builder().config("max_connections=12").config("default_time_zone=+05:00").start()?;
    let url = server.url();
    assert!(url.starts_with("mysql://root@127.0.0.1:") && url.ends_with("/session_test"), "{url}");
    assert_eq!(server.sql("SELECT 1, 'two'; SELECT DATABASE()")?, "1\ttwo\nsession_test\n");
    assert_eq!(server.sql("SELECT @@max_connections, @@time_zone")?, "12\t+05:00\n");
    // The fifth byte is the version of the protocol.
    let greeting = read(&mut connect(server.address())?, 5)?;
    assert_eq!(greeting.last(), Some(&10), "over TCP");
    Ok(())
}

pub(crate) fn it_comes_back_with_its_data() -> Checked {
    let server = MariaDb::start()?;
    let address = server.address();
    server.sql("CREATE TABLE kept (id INT); INSERT INTO kept VALUES (7)")?;
    server.kill()?;
    assert!(server.sql("SELECT 1").is_err());
    server.restart()?;
    assert_eq!(server.sql("SELECT id FROM kept")?, "7\n", "after a crash");
    server.restart()?;
    assert_eq!(server.sql("SELECT id FROM kept")?, "7\n", "after an orderly end");
    assert_eq!(server.address(), address);
    Ok(())
}

pub(crate) fn a_frozen_one_greets_when_thawed() -> Checked {
    let server = MariaDb::start()?;
    server.freeze()?;
    let mut stream = connect(server.address())?;
    assert!(is_silent(&mut stream)?);
    server.thaw()?;
    assert_eq!(read(&mut stream, 5)?.last(), Some(&10));
    Ok(())
}

pub(crate) fn tls_is_verified() -> Checked {
    let server = MariaDb::builder().tls().start()?;
    let authority = server.authority().ok_or("TLS without an authority")?;
    // This is not a packet of its protocol, so it closes the connection.
    let trusted = handshake(server.address(), authority, &["-starttls", "mysql"], "\n\n\n\n")?;
    assert!(trusted.contains("Verify return code: 0 (ok)"), "{trusted}");
    let stranger = RedisServer::builder().tls().start()?;
    let authority = stranger.authority().ok_or("TLS without an authority")?;
    let untrusted = handshake(server.address(), authority, &["-starttls", "mysql"], "\n\n\n\n")?;
    assert!(!untrusted.contains("Verify return code: 0 (ok)"), "{untrusted}");
    Ok(())
}

pub(crate) fn two_are_strangers_and_one_is_gone_after_drop() -> Checked {
    let (one, other) = (MariaDb::start()?, MariaDb::start()?);
    assert_ne!(one.address(), other.address());
    one.sql("CREATE TABLE mine (id INT)")?;
    assert_eq!(other.sql("SHOW TABLES")?, "");
    let process = one.process_id().ok_or("it runs")?;
    let (address, directory) = (one.address(), one.directory().to_owned());
    drop(one);
    until("gone", || is_gone(process, address, &directory))?;
    assert_eq!(other.sql("SELECT 1")?, "1\n");
    Ok(())
}

pub(crate) fn a_bad_configuration_is_reported_with_the_log() -> Checked {
    match MariaDb::builder().config("no_such_variable=1").start() {
        Err(error @ ServerError::Failed { .. }) => {
            let text = error.to_string();
            assert!(text.contains("it ended") && text.contains("no_such_variable"), "{text}");
            Ok(())
        }
        other => other.map(|_| Err("it started".into()))?,
    }
}

pub(crate) fn a_bad_statement_is_reported() -> Checked {
    let server = MariaDb::start()?;
    match server.sql("SELECT 1; SELEKT 2") {
        Err(error @ ServerError::Failed { .. }) => assert!(error.to_string().contains("SELEKT"), "{error}"),
        other => return Err(format!("it answered {other:?}").into()),
    }
    Ok(())
}
