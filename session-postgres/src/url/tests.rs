use std::{path::Path, time::Duration};

use session_net::tls::{Pem, Tls};
use session_sql::LimitSettings;

use super::*;

fn settings(url: &str) -> UrlSettings {
    parse(url).unwrap_or_else(|error| panic!("{url}: {error}"))
}

#[test]
fn the_parts_are_found() {
    let url = "postgresql://ann%40x:p%3Aw%2F%C3%A4@db.example:5433/shop?table=carts&application_name=web&prepared=never";
    let UrlSettings { server, login, table, tls, .. } = settings(url);
    assert_eq!((&*server.host, server.port), ("db.example", 5433));
    assert_eq!(login.user.as_deref(), Some("ann@x"));
    assert_eq!(login.password.as_deref(), Some("p:w/ä"));
    assert_eq!(server.database.as_deref(), Some("shop"));
    assert_eq!((server.parameter(APPLICATION), server.parameter(PREPARED)), (Some("web"), Some("never")));
    assert_eq!((table.as_deref(), server.socket, tls), (Some("carts"), None, None));
    let plain = settings("postgres://[::1]");
    assert_eq!(
        (&*plain.server.host, plain.server.port, plain.login.user, plain.table),
        ("::1", 5432, None, None)
    );
}

#[test]
fn a_host_that_is_a_directory_is_a_socket() {
    for (url, socket) in [
        ("postgres://%2Frun%2Fpostgresql/shop", "/run/postgresql/.s.PGSQL.5432"),
        ("postgres://ann@%2Frun%2Fpg:5433/shop", "/run/pg/.s.PGSQL.5433"),
        ("postgres:///shop?host=/run/postgresql", "/run/postgresql/.s.PGSQL.5432"),
    ] {
        let server = settings(url).server;
        assert_eq!(server.socket.as_deref(), Some(socket), "{url}");
        assert_eq!(server.database.as_deref(), Some("shop"), "{url}");
    }
    assert_eq!(settings("postgres:///shop?host=db.example").server.host, "db.example");
    assert_eq!(settings("postgres:///shop").server.host, "localhost");
}

#[test]
fn every_limit_has_a_parameter() {
    let expected = LimitSettings {
        connect_timeout: Some(Duration::from_secs(2)),
        response_timeout: Some(Duration::from_millis(1500)),
        budget: Some(Duration::from_secs(3)),
        pool_size: Some(4),
        connection_lifetime: Some(Duration::from_secs(300)),
    };
    for parameters in [
        "connect-timeout=2s&response-timeout=1.5s&budget=3s&pool-size=4&connection-lifetime=5m",
        "connect_timeout=2s&response_timeout=1.5s&Budget=3s&pool_size=4&connection_lifetime=5m",
    ] {
        assert_eq!(settings(&format!("postgres://h/d?{parameters}")).limits, expected);
    }
}

#[test]
fn tls_is_what_was_asked_for() {
    let ca = || Tls::new().authorities(Path::new("/c"));
    let file = |path: &str| Pem::File(path.into());
    let required = || Tls::new().dangerously_accept_any_certificate();
    for (parameters, expected) in [
        ("", None),
        ("sslmode=disable", None),
        ("sslmode=require", Some(required())),
        ("ssl-mode=REQUIRED", Some(required())),
        ("sslmode=require&channel_binding=prefer", Some(required())),
        ("sslmode=verify-full", Some(Tls::new())),
        ("ssl_mode=VERIFY_IDENTITY", Some(Tls::new())),
        ("sslrootcert=/c", Some(ca())),
        ("ssl-ca=/c", Some(ca())),
        ("sslrootcert=system", Some(Tls::new().system_authorities())),
        ("sslmode=verify-ca&sslrootcert=/c", Some(ca().any_name())),
        ("sslrootcert=/c&server-name=db.test", Some(ca().verify_as("db.test"))),
        ("sslcert=/x&sslkey=/y", Some(Tls::new().identity(file("/x"), file("/y")))),
        ("sslcert=/x", Some(Tls::new().identity(file("/x"), file("/x")))),
    ] {
        assert_eq!(settings(&format!("postgres://u:p@h/d?{parameters}")).tls, expected, "{parameters}");
    }
}

#[test]
fn what_is_wrong_is_told_with_the_cure_and_without_the_password() {
    for (url, expected) in [
        ("mysql://u:geheim@h/d", "postgres://"),
        ("postgres://u:geheim@h:99999/d", "port"),
        ("postgres://u:geheim@h1:5432,h2:5432/d", "several hosts"),
        ("postgres://u:geheim@h/d?host=i", "two hosts"),
        ("postgres://u:geheim@h/d?tabel=x", "unknown parameter `tabel`"),
        ("postgres://u:1?geheim@h/d", "unknown parameter `…`"),
        ("postgres://u:1#geheim@h/d", "%23"),
        ("postgres://u:1/geheim@h/d", "%2F"),
        ("postgres://u:50%geheim@h/d", "%25"),
        ("postgres://u:geheim@h/d?sslmode=maybe", "`verify-ca` or `verify-full`"),
        ("postgres://u:geheim@h/d?sslmode=prefer", "can turn encryption off"),
        ("postgres://u:geheim@h/d?channel_binding=require", "sslmode=verify-full"),
        ("postgres://u:geheim@h/d?target_session_attrs=standby", "`read-write`"),
        ("postgres://u:geheim@h/d?sslmode=disable&sslrootcert=/c", "contradicts"),
        ("postgres://u:geheim@h/d?sslmode=require&sslrootcert=/c", "write `sslmode=verify-full`"),
        ("postgres://u:geheim@h/d?sslkey=/c", "`sslkey` needs `sslcert`"),
        ("postgres://u:geheim@h/d?sslrootcert=/c&ssl-ca=/d", "`sslrootcert` is there twice"),
        ("postgres:///d?host=/run&sslmode=require", "has no TLS"),
        ("postgres://u:geheim@h/d?prepared=yes", "`auto`, `always` or `never`"),
        ("postgres://u:geheim@h/d?pgbouncer=true", "`prepared=never`"),
        ("postgres://h/d?user=u&password=geheim", "before the host"),
        ("postgres://u:geheim@h/d?connect_timeout=10", "`500ms`"),
        ("postgres:geheim", "postgres://"),
        ("geheim", "relative URL"),
    ] {
        let error = parse(url).err().unwrap_or_else(|| panic!("{url}"));
        assert!(error.to_string().contains(expected), "{url}: {error}");
        assert!(!format!("{error} {error:?}").contains("geheim"), "{error}");
    }
}
