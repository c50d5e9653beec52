use crate::{
    servers::{Endpoint, Login, ServerAddress, Topology},
    url::{self, PORT, SENTINEL_PORT},
};

fn tcp(host: &str, port: u16) -> ServerAddress {
    ServerAddress::Tcp { host: host.to_owned(), port }
}

fn login(user: Option<&str>, password: Option<&str>) -> Login {
    Login { user: user.map(str::to_owned), password: password.map(str::to_owned) }
}

fn parse(url: &str) -> Endpoint {
    url::parse(url).unwrap()
}

fn plain(topology: Topology) -> Endpoint {
    let (login, sentinel_login) = (Login::default(), Login::default());
    Endpoint { topology, login, sentinel_login, database: 0, tls: false, ca: None }
}

#[test]
fn a_single_server() {
    let here = || plain(Topology::Single(tcp("127.0.0.1", PORT)));
    assert_eq!(parse("redis://127.0.0.1"), here());
    assert_eq!(parse("valkey://127.0.0.1:6379/"), here());
    assert_eq!(parse("redis://127.0.0.1/3"), Endpoint { database: 3, ..here() });
    assert_eq!(
        parse("redis://app:p%40s%2fs@127.0.0.1"),
        Endpoint { login: login(Some("app"), Some("p@s/s")), ..here() }
    );
    assert_eq!(parse("redis://:secret@127.0.0.1"), Endpoint { login: login(None, Some("secret")), ..here() });
    assert_eq!(parse("redis://[::1]:1").topology, Topology::Single(tcp("::1", 1)));
    let secure = Endpoint { tls: true, ca: Some("/etc/ca+1.pem".into()), ..here() };
    assert_eq!(parse("rediss://127.0.0.1/?ca=/etc/ca%2B1.pem"), secure);
}

#[test]
fn a_socket() {
    let socket = || plain(Topology::Single(ServerAddress::Socket("/run/re dis.sock".into())));
    assert_eq!(parse("redis+unix:///run/re%20dis.sock"), socket());
    assert_eq!(
        parse("unix:///run/re%20dis.sock?db=2&user=app&pass=s%26s"),
        Endpoint { database: 2, login: login(Some("app"), Some("s&s")), ..socket() }
    );
}

#[test]
fn sentinels_and_a_cluster() {
    let sentinels = vec![tcp("a", 1), tcp("b", SENTINEL_PORT)];
    let trio = || plain(Topology::Sentinel { sentinels: sentinels.clone(), master: "mymaster".to_owned() });
    assert_eq!(parse("redis+sentinel://a:1,b/mymaster"), trio());
    assert_eq!(
        parse("rediss+sentinel://app:secret@a:1,b/mymaster/2?sentinel_user=s&sentinel_pass=t"),
        Endpoint {
            login: login(Some("app"), Some("secret")),
            sentinel_login: login(Some("s"), Some("t")),
            database: 2,
            tls: true,
            ..trio()
        }
    );
    let seeds = vec![tcp("a", 1), tcp("::1", 2)];
    let cluster = || plain(Topology::Cluster { seeds: seeds.clone() });
    assert_eq!(parse("redis+cluster://a:1,[::1]:2"), cluster());
    assert_eq!(parse("rediss+cluster://a:1,[::1]:2/0"), Endpoint { tls: true, ..cluster() });
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
        ("redis://a?pass=s3cret", "unknown parameter"),
        ("redis://a?ca=/s3cret.pem", "needs a scheme with TLS"),
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
