//! The prefix, set in a configuration file, separates two applications in one Redis.

#![cfg(feature = "blocking")]
#![allow(clippy::unwrap_used, reason = "test code")]

use std::time::SystemTime;

use session_core::{SessionConfig, Timestamp, Visit, blocking::Sessions};
use session_redis::blocking::RedisStore;
use session_testservers::RedisServer;

fn application(server: &RedisServer, file: &str) -> Sessions<RedisStore> {
    let config: SessionConfig = serde_json::from_str(file).unwrap();
    Sessions::new(RedisStore::builder(&server.url()).config(&config).build_blocking().unwrap(), config)
}

fn keys(server: &RedisServer) -> Vec<String> {
    let keys = server.command(&["KEYS", "*"]).unwrap().text();
    keys.lines().map(|key| key.trim().to_owned()).filter(|key| !key.is_empty()).collect()
}

#[test]
fn prefix_separates_two_applications() {
    let server = RedisServer::start().unwrap();
    let now = Timestamp::from(SystemTime::now());
    let prefixes = ["_alo_sess_", "shop:", "blog:"];
    let files = ["{}", r#"{ "prefix": "shop:" }"#, r#"{ "prefix": "blog:" }"#];
    let applications = files.map(|file| application(&server, file));
    for (sessions, prefix) in applications.iter().zip(prefixes) {
        let others = keys(&server);
        let session = sessions.open(&Visit::new(), now).unwrap();
        session.login("ada").unwrap();
        sessions.save(&session, now).unwrap();
        let new: Vec<_> = keys(&server).into_iter().filter(|key| !others.contains(key)).collect();
        assert!(!new.is_empty() && new.iter().all(|key| key.starts_with(prefix)), "{prefix}: {new:?}");
    }
    let [default, shop, blog] = &applications;
    assert_eq!(shop.end_all("ada").unwrap(), 1, "ada's session in the shop, and no other");
    let left = [default, shop, blog].map(|sessions| sessions.of("ada", now).unwrap().len());
    assert_eq!(left, [1, 0, 1]);
}

#[cfg(feature = "tokio")]
#[test]
fn prefix_reaches_the_asynchronous_store() {
    let server = RedisServer::start().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let config: SessionConfig = serde_json::from_str(r#"{ "prefix": "shop:" }"#).unwrap();
    let store = session_redis::RedisStore::builder(&server.url()).config(&config).build().unwrap();
    let sessions = session_core::Sessions::new(store, config);
    let now = Timestamp::from(SystemTime::now());
    runtime.block_on(async {
        let session = sessions.open(&Visit::new(), now).await.unwrap();
        session.set("cart", 1).unwrap();
        sessions.save(&session, now).await.unwrap();
    });
    let keys = keys(&server);
    assert!(keys.len() == 1 && keys.iter().all(|key| key.starts_with("shop:")), "{keys:?}");
}
