use std::{path::Path, time::Duration};

use session_net::tls::{Pem, Tls};
use session_sql::LimitSettings;

use super::*;

fn settings(url: &str) -> UrlSettings {
    parse(url).unwrap_or_else(|error| panic!("{url}: {error}"))
}

#[test]
fn the_parts_are_found() {
    let url = "mysql://ann%40x:p%3Aw%2F%C3%A4@db.example:3307/shop?table=carts&socket=/run/my.sock";
    let UrlSettings { server, login, table, tls, .. } = settings(url);
    assert_eq!((&*server.host, server.port), ("db.example", 3307));
    assert_eq!(login.user.as_deref(), Some("ann@x"));
    assert_eq!(login.password.as_deref(), Some("p:w/ä"));
    assert_eq!(server.database.as_deref(), Some("shop"));
    assert_eq!(server.socket.as_deref(), Some("/run/my.sock"));
    assert_eq!((table.as_deref(), tls), (Some("carts"), None));
    let plain = settings("mysql://[::1]");
    assert_eq!(
        (&*plain.server.host, plain.server.port, plain.login.user, plain.table),
        ("::1", 3306, None, None)
    );
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
        assert_eq!(settings(&format!("mysql://h/d?{parameters}")).limits, expected);
    }
}

#[test]
fn tls_is_what_was_asked_for() {
    let ca = || Tls::new().authorities(Path::new("/c"));
    let file = |path: &str| Pem::File(path.into());
    let required = || Tls::new().dangerously_accept_any_certificate();
    for (parameters, expected) in [
        ("", None),
        ("ssl-mode=DISABLED", None),
        ("useSSL=false", None),
        ("tls=false", None),
        ("ssl-mode=required", Some(required())),
        ("sslMode=REQUIRED", Some(required())),
        ("sslmode=require", Some(required())),
        ("tls=skip-verify", Some(required())),
        ("sslaccept=accept_invalid_certs", Some(required())),
        ("ssl-mode=verify-identity", Some(Tls::new())),
        ("ssl_mode=VERIFY_IDENTITY", Some(Tls::new())),
        ("tls=true", Some(Tls::new())),
        ("sslaccept=strict", Some(Tls::new())),
        ("ssl={%22rejectUnauthorized%22:true}", Some(Tls::new())),
        ("ssl={%22rejectUnauthorized%22: true}", Some(Tls::new())),
        ("ssl-ca=/c", Some(ca())),
        ("ssl_ca=/c", Some(ca())),
        ("sslca=/c", Some(ca())),
        ("ssl-ca=system", Some(Tls::new().system_authorities())),
        ("ssl-mode=verify-ca&ssl-ca=/c", Some(ca().any_name())),
        ("ssl-ca=/c&server-name=db.test", Some(ca().verify_as("db.test"))),
        ("ssl-cert=/x&ssl-key=/y", Some(Tls::new().identity(file("/x"), file("/y")))),
        ("ssl-cert=/x", Some(Tls::new().identity(file("/x"), file("/x")))),
        ("ssl-mode=required&ssl-cert=/x&ssl-key=/y", Some(required().identity(file("/x"), file("/y")))),
        ("server-name=db.test", Some(Tls::new().verify_as("db.test"))),
    ] {
        assert_eq!(settings(&format!("mysql://u:p@h/d?{parameters}")).tls, expected, "{parameters}");
    }
}

#[test]
fn what_is_wrong_is_told_with_the_cure_and_without_the_password() {
    for (url, expected) in [
        ("postgres://u:geheim@h/d", "mysql://"),
        ("mysql://u:geheim@h:99999/d", "port"),
        ("mysql://u:geheim@h/d?tabel=x", "unknown parameter `tabel`"),
        ("mysql://u:1?geheim@h/d", "unknown parameter `…`"),
        ("mysql://u:1#geheim@h/d", "%23"),
        ("mysql://u:1/geheim@h/d", "%2F"),
        ("mysql://u:50%geheim@h/d", "%25"),
        ("mysql://u:geheim@h/d?ssl-mode=maybe", "`verify-ca` or `verify-identity`"),
        ("mysql://u:geheim@h/d?ssl-mode=preferred", "can turn encryption off"),
        ("mysql://u:geheim@h/d?sslMode=PREFERRED", "can turn encryption off"),
        ("mysql://u:geheim@h/d?tls=preferred", "ssl-mode=verify-identity"),
        ("mysql://u:geheim@h/d?ssl=true", "ssl-mode=verify-identity"),
        ("mysql://u:geheim@h/d?useSSL=true", "ssl-mode=required"),
        ("mysql://u:geheim@h/d?requireSSL=true", "ssl-mode=verify-identity"),
        ("mysql://u:geheim@h/d?ssl={%22rejectUnauthorized%22:false}", "ssl-mode=required"),
        ("mysql://u:geheim@h/d?ssl_verify_cert=true", "ssl-mode=verify-identity"),
        ("mysql://u:geheim@h/d?ssl-mode=required&tls=true", "`ssl-mode` alone is enough"),
        ("mysql://u:geheim@h/d?ssl-mode=disabled&ssl-ca=/c", "contradicts"),
        ("mysql://u:geheim@h/d?useSSL=false&ssl-cert=/c", "contradicts"),
        ("mysql://u:geheim@h/d?ssl-mode=required&ssl-ca=/c", "write `ssl-mode=verify-identity`"),
        ("mysql://u:geheim@h/d?ssl-key=/c", "`ssl-key` needs `ssl-cert`"),
        ("mysql://u:geheim@h/d?ssl-ca=/c&ssl-ca=/d", "`ssl-ca` is there twice"),
        ("mysql://u:geheim@h/d?ssl-ca=/c&SSL_CA=/d", "`ssl-ca` is there twice"),
        ("mysql://u:geheim@h/d?ssl-ca=/c&sslca=/d", "`ssl-ca` is there twice"),
        ("mysql://u:geheim@h/d?ssl-mode=required&ssl-mode=disabled", "`ssl-mode` is there twice"),
        ("mysql://u:geheim@h/d?ssl-ca=", "has no value"),
        ("mysql://u:geheim@h/d?ssl-ca=/c&socket=/s", "has no TLS"),
        ("mysql://u:geheim@h/d?ssl-mode=required&socket=/s", "has no TLS"),
        ("mysql://u:geheim@h/d?sslcert=/c", "`ssl-ca` is the authority"),
        ("mysql://u:geheim@h/d?connectTimeout=5000", "`connect-timeout`"),
        ("mysql://u:geheim@h/d?budget=5", "`500ms`"),
        ("mysql:geheim", "mysql://"),
        ("geheim", "relative URL"),
    ] {
        let error = parse(url).err().unwrap_or_else(|| panic!("{url}"));
        assert!(error.to_string().contains(expected), "{url}: {error}");
        assert!(!format!("{error} {error:?}").contains("geheim"), "{error}");
    }
}

#[test]
fn a_login_can_only_mean_one_thing() {
    let file = std::env::temp_dir().join(format!("session-mysql-login-{}", std::process::id()));
    std::fs::write(&file, "s3cret\n").unwrap();
    let path = file.display();
    let credentials = |url: &str| settings(url).login.credentials();
    for (url, expected) in [
        ("mysql://h/d".to_owned(), (None, None)),
        ("mysql://ann@h/d".to_owned(), (Some("ann"), None)),
        (format!("mysql://ann@h/d?password-file={path}"), (Some("ann"), Some("s3cret"))),
        (format!("mysql://h/d?user_file={path}&password_file={path}"), (Some("s3cret"), Some("s3cret"))),
    ] {
        let login = credentials(&url).unwrap().login().unwrap();
        assert_eq!((login.user(), login.password()), expected, "{url}");
    }
    for (url, expected) in [
        (format!("mysql://ann:x@h/d?password-file={path}"), "both a password and a file"),
        (format!("mysql://ann@h/d?user-file={path}&password-file={path}"), "both a user and a file"),
        (format!("mysql://h/d?user-file={path}"), "needs `password_file`"),
        (format!("mysql://ann@h/d?password-file={path}.missing"), "missing"),
    ] {
        let error = credentials(&url).err().unwrap();
        assert!(error.to_string().contains(expected), "{url}: {error}");
    }
    std::fs::remove_file(&file).unwrap();
}
