//! One call opens a store from a URL.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on")]

use alo_session::{OpenError, SessionConfig, open};

/// What may be opened, whether it was compiled in, and the feature that it needs.
const STORES: [(&str, bool, &str); 12] = [
    ("memory:", cfg!(feature = "memory"), "memory"),
    ("redis://:geheim@127.0.0.1:1/3", cfg!(feature = "redis"), "redis"),
    ("valkey://127.0.0.1:1", cfg!(feature = "redis"), "redis"),
    ("redis+unix:///nowhere/redis.sock", cfg!(feature = "redis"), "redis"),
    ("redis+sentinel://h1:1,h2:2/main", cfg!(feature = "redis"), "redis"),
    ("redis+cluster://h1:1,h2:2", cfg!(feature = "redis"), "redis"),
    ("rediss://:geheim@127.0.0.1:1", cfg!(feature = "redis-tls"), "redis"),
    ("sqlite:sessions.db?synchronous=normal", cfg!(feature = "sqlite"), "sqlite"),
    ("mysql://shop:geheim@127.0.0.1:1/shop", cfg!(feature = "mysql"), "mysql"),
    ("mariadb://shop:geheim@127.0.0.1:1/shop?ssl-mode=required", cfg!(feature = "mysql-tls"), "mysql"),
    ("postgres://shop:geheim@127.0.0.1:1/shop", cfg!(feature = "postgres"), "postgres"),
    ("postgresql://shop:geheim@127.0.0.1:1/shop?sslmode=require", cfg!(feature = "postgres-tls"), "postgres"),
];

fn shown(error: &OpenError) -> String {
    let shown = error.to_string();
    assert!(!format!("{shown} {error:?}").contains("geheim"), "{shown} {error:?}");
    shown
}

#[test]
fn a_store_opens_without_its_server_or_names_the_missing_feature() {
    for (url, is_there, feature) in STORES {
        match open(url, &SessionConfig::default()) {
            Ok(_) => assert!(is_there, "{url}"),
            Err(error) => {
                let shown = shown(&error);
                assert!(!is_there && matches!(error, OpenError::Feature { .. }), "{url}: {shown}");
                assert!(shown.contains("Cargo.toml") && shown.contains(&format!("[\"{feature}")), "{shown}");
            }
        }
    }
}

#[test]
fn another_scheme_is_an_error_that_lists_the_known_ones() {
    for url in
        ["", "memory", "oracle://u:geheim@h/d", "u:geheim@h", "geheim", "://", "http://h/", "Redis://h"]
    {
        let error = open(url, &SessionConfig::default()).unwrap_err();
        assert!(matches!(error, OpenError::Scheme), "{url}: {error}");
        assert!(shown(&error).contains("`redis+cluster://`"), "{error}");
    }
}

#[test]
fn the_stores_reason_is_shown_and_no_password() {
    for url in [
        "redis://:geheim@h:99999/",
        "redis+other://:geheim@h/",
        "mysql://u:geheim@h:99999/d",
        "mysql://u:geheim@h/d?colour=1",
        "mysql:geheim",
        "postgres://u:geheim@h/d?colour=1",
        "postgres:geheim",
        "redis:geheim",
        "sqlite:a?mode=geheim",
    ] {
        shown(&open(url, &SessionConfig::default()).unwrap_err());
    }
}

#[cfg(feature = "memory")]
#[tokio::test]
async fn a_store_from_a_url_keeps_sessions() {
    use alo_session::{Timestamp, Visit, driver::Sessions};

    let config = SessionConfig::default();
    let sessions = Sessions::new(open("memory:", &config).unwrap(), config);
    let now = Timestamp::from_millis(0);
    let session = sessions.open(&Visit::new(), now).await.unwrap();
    session.login("ada").unwrap();
    sessions.save(&session, now).await.unwrap();
    assert_eq!(sessions.of("ada", now).await.unwrap().len(), 1);
}

#[cfg(feature = "blocking")]
mod blocking {
    use alo_session::{OpenError, SessionConfig, blocking};

    use super::{STORES, shown};

    #[test]
    fn a_store_opens_without_its_server_or_names_the_missing_feature() {
        for (url, _, store) in STORES {
            let is_there = match (
                store,
                url.starts_with("rediss") || url.contains("sslmode") || url.contains("ssl-mode"),
            ) {
                ("memory", _) => cfg!(feature = "memory"),
                ("sqlite", _) => cfg!(feature = "sqlite-blocking"),
                ("redis", false) => cfg!(feature = "redis-blocking"),
                ("redis", true) => cfg!(feature = "redis-blocking-tls"),
                ("postgres", false) => cfg!(feature = "postgres-blocking"),
                ("postgres", true) => cfg!(feature = "postgres-blocking-tls"),
                (_, false) => cfg!(feature = "mysql-blocking"),
                (_, true) => cfg!(feature = "mysql-blocking-tls"),
            };
            let opened = blocking::open(url, &SessionConfig::default());
            match opened.err() {
                None => assert!(is_there, "{url}"),
                Some(error) => {
                    let shown = shown(&error);
                    assert!(!is_there && matches!(error, OpenError::Feature { .. }), "{url}: {shown}");
                    assert!(store == "memory" || shown.contains(&format!("[\"{store}-blocking")), "{shown}");
                }
            }
        }
        assert!(matches!(
            blocking::open("http://h/", &SessionConfig::default()).err(),
            Some(OpenError::Scheme)
        ));
    }

    #[cfg(feature = "memory")]
    #[test]
    fn a_store_from_a_url_keeps_sessions() {
        use alo_session::{Timestamp, Visit};

        let config = SessionConfig::default();
        let sessions = blocking::Sessions::new(blocking::open("memory:", &config).unwrap(), config);
        let now = Timestamp::from_millis(0);
        let session = sessions.open(&Visit::new(), now).unwrap();
        session.login("ada").unwrap();
        sessions.save(&session, now).unwrap();
        assert_eq!(sessions.of("ada", now).unwrap().len(), 1);
    }
}
