//! PostgreSQL servers.

use std::io::Write as _;

use session_testservers::{
    Postgres, RedisServer, ServerError,
    certificates::{Authority, Leaf, ServerTls},
};

use crate::support::{Checked, connect, handshake, is_gone, is_silent, read, until};

/// Asks whether the server speaks TLS. It answers with one byte.
const DO_YOU_SPEAK_TLS: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

pub(crate) fn it_starts_and_answers() -> Checked {
    let server =
        Postgres::builder().config("max_connections=12").config("timezone='Asia/Karachi'").start()?;
    let url = server.url();
    assert!(url.starts_with("postgres://postgres@127.0.0.1:") && url.ends_with("/session_test"), "{url}");
    assert_eq!(server.sql("SELECT 1, 'two'; SELECT current_database()")?, "1\ttwo\nsession_test\n");
    assert_eq!(server.sql("SHOW max_connections; SHOW timezone")?, "12\nAsia/Karachi\n");
    let mut stream = connect(server.address())?;
    stream.write_all(&DO_YOU_SPEAK_TLS)?;
    assert_eq!(read(&mut stream, 1)?, b"N", "over TCP");
    assert!(server.socket().exists());
    Ok(())
}

pub(crate) fn it_comes_back_with_its_data() -> Checked {
    let server = Postgres::start()?;
    let address = server.address();
    server.sql("CREATE TABLE kept (id INT); INSERT INTO kept VALUES (7)")?;
    for _ in 0..3 {
        server.kill()?;
        assert!(server.sql("SELECT 1").is_err());
        server.restart()?;
        assert_eq!(server.sql("SELECT id FROM kept")?, "7\n", "after a crash");
    }
    server.restart()?;
    assert_eq!(server.sql("SELECT id FROM kept")?, "7\n", "after an orderly end");
    assert_eq!(server.address(), address);
    Ok(())
}

/// A connection that is signed in, up to the first message of the server.
fn signed_in(server: &Postgres) -> Checked<std::net::TcpStream> {
    let mut stream = connect(server.address())?;
    let text = b"\0\x03\0\0user\0postgres\0database\0session_test\0\0";
    stream.write_all(&[&u32::try_from(text.len() + 4)?.to_be_bytes()[..], text].concat())?;
    assert_eq!(read(&mut stream, 1)?, b"R");
    // Everything up to `ReadyForQuery` in a server that runs no transaction.
    let mut last = vec![0; 6];
    while last != *b"Z\0\0\0\x05I" {
        last.remove(0);
        last.extend(read(&mut stream, 1)?);
    }
    Ok(stream)
}

const ASK: &[u8] = b"Q\0\0\0\x0dSELECT 1\0";

pub(crate) fn a_frozen_one_answers_when_thawed() -> Checked {
    let server = Postgres::start()?;
    let mut known = signed_in(&server)?;
    server.freeze()?;
    let mut new = connect(server.address())?;
    new.write_all(&DO_YOU_SPEAK_TLS)?;
    known.write_all(ASK)?;
    assert!(is_silent(&mut new)?, "to new clients");
    assert!(is_silent(&mut known)?, "on connections that it has");
    server.thaw()?;
    assert_eq!(read(&mut new, 1)?, b"N");
    assert_eq!(read(&mut known, 1)?, b"T");
    // A frozen one can be killed, and stopped in order.
    server.freeze()?;
    server.kill()?;
    server.restart()?;
    server.freeze()?;
    server.stop()?;
    assert_eq!(server.process_id(), None);
    Ok(())
}

/// A process of the server that goes on alone would still commit.
pub(crate) fn a_killed_one_commits_nothing_more() -> Checked {
    let server = Postgres::start()?;
    server.sql("CREATE TABLE kept (id INT)")?;
    let mut slow = signed_in(&server)?;
    // One that waits notices that the server is gone, and one that computes does not.
    let text =
        b"INSERT INTO kept SELECT count(*) FROM generate_series(1, 6000) a, generate_series(1, 6000) b\0";
    slow.write_all(&[&b"Q"[..], &u32::try_from(text.len() + 4)?.to_be_bytes(), text].concat())?;
    let busy = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'INSERT%'";
    until("busy", || server.sql(busy).is_ok_and(|count| count == "1\n"))?;
    server.kill()?;
    server.restart()?;
    assert_eq!(server.sql("SELECT count(*) FROM kept")?, "0\n");
    Ok(())
}

pub(crate) fn tls_is_verified() -> Checked {
    let server = Postgres::builder().tls().start()?;
    let authority = server.authority().ok_or("TLS without an authority")?;
    // This is no startup packet, so it closes the connection.
    let trusted = handshake(server.address(), authority, &["-starttls", "postgres"], "\n\n\n\n")?;
    assert!(trusted.contains("Verify return code: 0 (ok)"), "{trusted}");
    let stranger = RedisServer::builder().tls().start()?;
    let authority = stranger.authority().ok_or("TLS without an authority")?;
    let untrusted = handshake(server.address(), authority, &["-starttls", "postgres"], "\n\n\n\n")?;
    assert!(!untrusted.contains("Verify return code: 0 (ok)"), "{untrusted}");
    Ok(())
}

/// Asks over TCP, with what libpq takes in its text of a connection.
fn asks_over_tcp(server: &Postgres, by: &str) -> Checked<Result<String, String>> {
    let port = server.address().port();
    let text = format!("host=127.0.0.1 port={port} dbname=session_test {by}");
    let asked = std::process::Command::new("psql").args(["-XAtc", "SELECT current_user", &text]).output()?;
    let text = String::from_utf8(if asked.status.success() { asked.stdout } else { asked.stderr })?;
    Ok(if asked.status.success() { Ok(text) } else { Err(text) })
}

pub(crate) fn a_certificate_is_wanted_of_clients() -> Checked {
    let server = Postgres::start()?;
    let authority = Authority::make(server.directory(), "clients")?;
    let identity = authority.issue("server", &Leaf::server("IP:127.0.0.1"))?;
    let client = authority.issue("client", &Leaf::client())?;
    let tls = ServerTls::new(identity, authority.certificate()).want_client_certificate();
    let strict = Postgres::builder().certificates(tls).start()?;
    let (certificate, key) = (client.certificate.display(), client.key.display());
    let shown = format!("user=postgres sslmode=require sslcert={certificate} sslkey={key}");
    assert_eq!(asks_over_tcp(&strict, &shown)?, Ok("postgres\n".to_owned()));
    let refused = asks_over_tcp(&strict, "user=postgres sslmode=require sslcert=/none")?;
    assert!(refused.as_ref().is_err_and(|text| text.contains("client certificate")), "{refused:?}");
    assert_eq!(strict.sql("SELECT 1")?, "1\n", "through the Unix socket");
    Ok(())
}

pub(crate) fn a_rule_of_access_goes_first() -> Checked {
    let server = Postgres::builder().access("host all ada 127.0.0.1/32 scram-sha-256").start()?;
    server.sql("CREATE ROLE ada LOGIN PASSWORD 'secret'")?;
    assert_eq!(asks_over_tcp(&server, "user=ada password=secret")?, Ok("ada\n".to_owned()));
    let refused = asks_over_tcp(&server, "user=ada password=wrong")?;
    assert!(refused.as_ref().is_err_and(|text| text.contains("password")), "{refused:?}");
    assert_eq!(asks_over_tcp(&server, "user=postgres")?, Ok("postgres\n".to_owned()));
    Ok(())
}

pub(crate) fn two_are_strangers_and_one_is_gone_after_drop() -> Checked {
    let (one, other) = (Postgres::start()?, Postgres::start()?);
    assert_ne!(one.address(), other.address());
    one.sql("CREATE TABLE mine (id INT)")?;
    assert_eq!(other.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")?, "");
    let process = one.process_id().ok_or("it runs")?;
    let (address, directory) = (one.address(), one.directory().to_owned());
    let memory = shared_memory(&one)?;
    assert!(is_shared_memory(&memory)?);
    one.freeze()?;
    drop(one);
    until("gone", || is_gone(process, address, &directory))?;
    assert!(!is_shared_memory(&memory)?);
    assert_eq!(other.sql("SELECT 1")?, "1\n");
    Ok(())
}

/// The number of the segment that the system would keep for ever.
fn shared_memory(server: &Postgres) -> Checked<String> {
    let text = std::fs::read_to_string(server.directory().join("data/postmaster.pid"))?;
    let line = text.lines().nth(6).ok_or("it names the segment")?;
    Ok(line.split_whitespace().nth(1).ok_or("it names the segment")?.to_owned())
}

fn is_shared_memory(number: &str) -> Checked<bool> {
    let listed = std::process::Command::new("ipcs").arg("-m").output()?;
    let listed = String::from_utf8(listed.stdout)?;
    Ok(listed.lines().any(|line| line.split_whitespace().nth(1) == Some(number)))
}

pub(crate) fn a_bad_configuration_is_reported_with_the_log() -> Checked {
    match Postgres::builder().config("no_such_variable=1").start() {
        Err(error @ ServerError::Failed { .. }) => {
            let text = error.to_string();
            assert!(text.contains("it ended") && text.contains("no_such_variable"), "{text}");
            Ok(())
        }
        other => other.map(|_| Err("it started".into()))?,
    }
}

pub(crate) fn a_bad_statement_is_reported() -> Checked {
    let server = Postgres::start()?;
    match server.sql("SELECT 1; SELEKT 2") {
        Err(error @ ServerError::Failed { .. }) => assert!(error.to_string().contains("SELEKT"), "{error}"),
        other => return Err(format!("it answered {other:?}").into()),
    }
    Ok(())
}
