use std::{path::Path, time::Duration};

use session_net::{
    LimitSettings, UrlLogin,
    tls::{Pem, Tls},
};

use crate::{
    servers::{Endpoint, ServerAddress, Topology},
    url::{self, PORT, SENTINEL_PORT, Settings},
};

fn tcp(host: &str, port: u16) -> ServerAddress {
    ServerAddress::Tcp { host: host.to_owned(), port }
}

fn login(user: Option<&str>, password: Option<&str>) -> UrlLogin {
    UrlLogin { user: user.map(str::to_owned), password: password.map(str::to_owned), ..UrlLogin::default() }
}

fn parse(url: &str) -> Settings {
    url::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"))
}

fn plain(topology: Topology) -> Settings {
    let (login, sentinel_login) = (UrlLogin::default(), UrlLogin::default());
    let endpoint = Endpoint { topology, database: 0 };
    Settings {
        endpoint,
        login,
        sentinel_login,
        tls: None,
        limits: LimitSettings::default(),
        max_in_flight: None,
    }
}

fn on_database(database: u32, mut settings: Settings) -> Settings {
    settings.endpoint.database = database;
    settings
}

#[test]
fn a_single_server() {
    let here = || plain(Topology::Single(tcp("127.0.0.1", PORT)));
    assert_eq!(parse("redis://127.0.0.1"), here());
    assert_eq!(parse("valkey://127.0.0.1:6379/"), here());
    assert_eq!(parse("redis://127.0.0.1/3"), on_database(3, here()));
    assert_eq!(
        parse("redis://app:p%40s%2fs@127.0.0.1"),
        Settings { login: login(Some("app"), Some("p@s/s")), ..here() }
    );
    assert_eq!(parse("redis://:secret@127.0.0.1"), Settings { login: login(None, Some("secret")), ..here() });
    assert_eq!(parse("redis://[::1]:1").endpoint.topology, Topology::Single(tcp("::1", 1)));
    let secure = Settings { tls: Some(Tls::new().authorities(Path::new("/etc/ca+1.pem"))), ..here() };
    assert_eq!(parse("rediss://127.0.0.1/?ca=/etc/ca%2B1.pem"), secure);
}

#[test]
fn a_socket() {
    let socket = || plain(Topology::Single(ServerAddress::Socket("/run/re dis.sock".into())));
    assert_eq!(parse("redis+unix:///run/re%20dis.sock"), socket());
    assert_eq!(
        parse("unix:///run/re%20dis.sock?db=2&user=app&pass=s%26s"),
        on_database(2, Settings { login: login(Some("app"), Some("s&s")), ..socket() })
    );
}

#[test]
fn sentinels_and_a_cluster() {
    let sentinels = vec![tcp("a", 1), tcp("b", SENTINEL_PORT)];
    let trio = || plain(Topology::Sentinel { sentinels: sentinels.clone(), master: "mymaster".to_owned() });
    assert_eq!(parse("redis+sentinel://a:1,b/mymaster"), trio());
    assert_eq!(
        parse("rediss+sentinel://app:secret@a:1,b/mymaster/2?sentinel_user=s&sentinel_pass=t"),
        on_database(
            2,
            Settings {
                login: login(Some("app"), Some("secret")),
                sentinel_login: login(Some("s"), Some("t")),
                tls: Some(Tls::new()),
                ..trio()
            }
        )
    );
    let seeds = vec![tcp("a", 1), tcp("::1", 2)];
    let cluster = || plain(Topology::Cluster { seeds: seeds.clone() });
    assert_eq!(parse("redis+cluster://a:1,[::1]:2"), cluster());
    assert_eq!(parse("rediss+cluster://a:1,[::1]:2/0"), Settings { tls: Some(Tls::new()), ..cluster() });
}

#[test]
fn what_is_wrong_is_said_without_the_secret() {
    for (url, expected) in [
        ("127.0.0.1:6379", "begin with a scheme"),
        ("mysql://:s3cret@127.0.0.1", "must be one of redis, rediss"),
        ("redis://:s3cret@127.0.0.1:port", "a host must be"),
        ("redis://:s3cret@", "a host must be"),
        ("redis://s3cret/word@127.0.0.1", "%2F"),
        ("redis://user:s3cret/x/y@127.0.0.1", "%2F"),
        ("redis://:s3cret%@127.0.0.1", "password has a `%`"),
        ("redis://:s3cret%FF@127.0.0.1", "must be UTF-8"),
        ("redis://:s3cret#1@127.0.0.1", "must not have a fragment"),
        ("redis://:s3cret@a,b", "several hosts"),
        ("redis://:s3cret@a/one", "database must be a number"),
        ("redis://:s3cret@a/-1", "database must be a number"),
        ("redis://a?pass=s3cret", "before the host"),
        ("redis://:x?s3cret=1@a", "unknown parameter `…`"),
        ("redis://a?tabel=s3cret", "unknown parameter `tabel`"),
        ("redis://a?family=0", "unknown parameter `family`: both"),
        ("redis://a?timeout=5", "`connect_timeout`, `response_timeout` and `budget`"),
        ("redis://a?budget=s3cret", "`budget` must be a time like `500ms`"),
        ("redis://a?pool_size=s3cret", "`pool_size` must be a number"),
        ("redis://a?budget=1s&budget=2s", "`budget` is there twice"),
        ("unix://s3cret", "must begin with `/`"),
        ("redis+sentinel://:s3cret@a,b", "name of the master must follow"),
        ("redis+sentinel://:s3cret@a,,b/m", "a host must be"),
        ("redis+cluster://:s3cret@a/1", "must be 0"),
    ] {
        let error = url::parse(url).unwrap_err().to_string();
        assert!(error.contains(expected), "{url}: {error}");
        assert!(!error.contains("s3cret"), "{url}: {error}");
    }
    assert!(!format!("{:?}", parse("redis://app:s3cret@a")).contains("s3cret"));
}

#[test]
fn every_limit_has_a_parameter() {
    let settings = parse(
        "redis://a?connect_timeout=2s&response_timeout=1.5s&budget=3s&pool_size=4&connection_lifetime=60s&max_in_flight=5",
    );
    let expected = LimitSettings {
        connect_timeout: Some(Duration::from_secs(2)),
        response_timeout: Some(Duration::from_millis(1500)),
        budget: Some(Duration::from_secs(3)),
        pool_size: Some(4),
        connection_lifetime: Some(Duration::from_secs(60)),
    };
    assert_eq!((settings.limits, settings.max_in_flight), (expected, Some(5)));
}

#[test]
fn tls_is_what_was_asked_for() {
    let ca = || Tls::new().authorities(Path::new("/c"));
    let file = |path: &str| Pem::File(path.into());
    for (url, expected) in [
        ("redis://a", None),
        ("redis://a?tls=false", None),
        ("redis://a?ssl=0", None),
        ("rediss://a", Some(Tls::new())),
        ("redis://a?tls=true", Some(Tls::new())),
        ("redis://a?ssl=true", Some(Tls::new())),
        ("redis://a?ssl_cert_reqs=required", Some(Tls::new())),
        ("rediss://a?ssl_cert_reqs=CERT_REQUIRED", Some(Tls::new())),
        ("rediss://a?tls=verify-full&ca=/c", Some(ca())),
        ("rediss://a?ca=system", Some(Tls::new().system_authorities())),
        ("rediss://a?ssl_ca_certs=/c", Some(ca())),
        ("rediss://a?tls=verify-ca&ca=/c", Some(ca().any_name())),
        ("rediss://a?ca=/c&server_name=redis.test", Some(ca().verify_as("redis.test"))),
        (
            "rediss://a?tls=danger-accept-any-certificate",
            Some(Tls::new().dangerously_accept_any_certificate()),
        ),
        ("rediss://a?cert=/x&key=/y", Some(Tls::new().identity(file("/x"), file("/y")))),
        ("rediss+cluster://a?cert=/x", Some(Tls::new().identity(file("/x"), file("/x")))),
        (
            "rediss+sentinel://a/m?ssl_certfile=/x&ssl_keyfile=/y",
            Some(Tls::new().identity(file("/x"), file("/y"))),
        ),
    ] {
        assert_eq!(parse(url).tls, expected, "{url}");
    }
}

#[test]
fn a_part_of_tls_never_means_a_plain_connection() {
    for (url, expected) in [
        ("redis://a?ca=/c", "rediss://"),
        ("redis://a?cert=/c", "rediss://"),
        ("redis://a?key=/c", "rediss://"),
        ("redis://a?server_name=a", "rediss://"),
        ("redis+cluster://a?ca=/c", "rediss://"),
        ("redis+sentinel://a/m?ssl_ca_certs=/c", "rediss://"),
        ("redis+unix:///s?ca=/c", "rediss://"),
        ("redis+unix:///s?tls=true", "a socket of the file system has no TLS"),
        ("redis://a?tls=false&ca=/c", "rediss://"),
        ("rediss://a?tls=false", "contradicts the scheme"),
        ("rediss://a?ssl=no", "contradicts the scheme"),
        ("rediss://a?key=/c", "`key` needs `cert`"),
        ("rediss://a?tls=", "has no value"),
        ("rediss://a?ca=", "has no value"),
        ("rediss://a?ca=/c&ca=/d", "`ca` is there twice"),
        ("rediss://a?ca=/c&ssl_ca_certs=/c", "`ca` is there twice"),
        ("rediss://a?tls=true&ssl=true", "only one of"),
        ("rediss://a?tls=optional", "`tls` must be"),
        ("rediss://a?ssl_cert_reqs=none", "danger-accept-any-certificate"),
        ("rediss://a?ssl_cert_reqs=CERT_OPTIONAL", "danger-accept-any-certificate"),
        ("rediss://a?skip_verify=true", "danger-accept-any-certificate"),
        ("rediss://a?ssl_check_hostname=false", "`tls=verify-ca`"),
        ("redis://a?sslmode=require", "`tls` says how"),
        ("rediss://a?tls=danger-accept-any-certificate&ca=/c", "contradict"),
        ("rediss://a?tls=danger-accept-any-certificate&server_name=a", "contradict"),
    ] {
        let error = url::parse(url).unwrap_err().to_string();
        assert!(error.contains(expected), "{url}: {error}");
    }
}

#[test]
fn a_login_can_only_mean_one_thing() {
    let directory = std::env::temp_dir().join(format!("session-redis-login-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let file = |name: &str, text: &str| {
        let path = directory.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let (user, password, empty) = (file("user", "ann\n"), file("password", "s3cret\n"), file("empty", ""));
    let credentials = |url: &str| url::credentials(parse(url).login);
    for (url, expected) in [
        ("redis://a".to_owned(), (None, None)),
        ("redis://:s3cret@a".to_owned(), (None, Some("s3cret"))),
        ("redis://ann:@a".to_owned(), (Some("ann"), Some(""))),
        (format!("redis://ann@a?password_file={password}"), (Some("ann"), Some("s3cret"))),
        (format!("redis://a?password_file={password}"), (None, Some("s3cret"))),
        (format!("redis://a?user_file={user}&password_file={password}"), (Some("ann"), Some("s3cret"))),
        (format!("unix:///s?user=ann&password_file={password}"), (Some("ann"), Some("s3cret"))),
    ] {
        let login = credentials(&url).unwrap().login().unwrap();
        assert_eq!((login.user(), login.password()), expected, "{url}");
    }
    for (url, expected) in [
        ("redis://ann@a".to_owned(), "a user without a password"),
        ("redis+cluster://ann@a".to_owned(), "a user without a password"),
        ("unix:///s?user=ann".to_owned(), "a user without a password"),
        (format!("redis://ann:x@a?password_file={password}"), "both a password and a file"),
        (format!("redis://ann@a?user_file={user}&password_file={password}"), "both a user and a file"),
        (format!("redis://a?user_file={user}"), "needs `password_file`"),
        (format!("redis://a?password_file={empty}"), "it is empty"),
        (format!("redis://a?password_file={empty}.missing"), "missing"),
    ] {
        let error = credentials(&url).unwrap_err().to_string();
        assert!(error.contains(expected), "{url}: {error}");
    }
    let sentinel = url::credentials(parse("redis+sentinel://a/m?sentinel_user=s").sentinel_login);
    assert!(sentinel.unwrap_err().to_string().contains("a user without a password"));
    std::fs::remove_dir_all(&directory).unwrap();
}

#[cfg(all(feature = "tokio", not(feature = "tls")))]
#[test]
fn the_feature_that_is_missing_is_named() {
    let error = crate::RedisStore::connect("rediss://a").unwrap_err();
    assert_eq!(error, crate::BuildError::Feature { feature: "tls" });
}

#[cfg(all(feature = "blocking", not(feature = "tls-blocking")))]
#[test]
fn the_feature_that_is_missing_is_named_without_a_runtime() {
    let error = crate::blocking::RedisStore::connect("rediss://a").unwrap_err();
    assert_eq!(error, crate::BuildError::Feature { feature: "tls-blocking" });
}
