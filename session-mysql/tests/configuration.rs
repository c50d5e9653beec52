//! The table, set in a configuration file, separates two applications in one database.

#![cfg(feature = "blocking")]
#![allow(clippy::unwrap_used, reason = "test code")]

use std::time::SystemTime;

use session_core::{SessionConfig, Timestamp, Visit, blocking::Sessions};
use session_mysql::blocking::MysqlStore;
use session_testservers::MariaDb;

fn application(server: &MariaDb, file: &str) -> Sessions<MysqlStore> {
    let config: SessionConfig = serde_json::from_str(file).unwrap();
    let builder = MysqlStore::builder(&server.url()).config(&config).create_table_if_missing();
    Sessions::new(builder.build_blocking().unwrap(), config)
}

fn rows(server: &MariaDb, table: &str) -> String {
    server.sql(&format!("SELECT COUNT(*) FROM {table}")).unwrap().trim().to_owned()
}

#[test]
fn table_separates_two_applications() {
    let server = MariaDb::builder().start().unwrap();
    let now = Timestamp::from(SystemTime::now());
    let tables = ["alo_session", "shop_sessions", "2blog"];
    let files = ["{}", r#"{ "table": "shop_sessions" }"#, r#"{ "table": "2blog" }"#];
    let applications = files.map(|file| application(&server, file));
    for (sessions, table) in applications.iter().zip(tables) {
        let session = sessions.open(&Visit::new(), now).unwrap();
        session.login("ada").unwrap();
        sessions.save(&session, now).unwrap();
        assert_ne!(rows(&server, table), "0", "{table}");
    }
    let [default, shop, blog] = &applications;
    assert_eq!(shop.end_all("ada").unwrap(), 1, "ada's session in the shop, and no other");
    let left = [default, shop, blog].map(|sessions| sessions.of("ada", now).unwrap().len());
    assert_eq!(left, [1, 0, 1]);
}

#[cfg(feature = "tokio")]
#[test]
fn table_reaches_the_asynchronous_store() {
    let server = MariaDb::builder().start().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let config: SessionConfig = serde_json::from_str(r#"{ "table": "shop_sessions" }"#).unwrap();
    let builder = session_mysql::MysqlStore::builder(&server.url()).config(&config);
    let sessions = session_core::Sessions::new(builder.create_table_if_missing().build().unwrap(), config);
    let now = Timestamp::from(SystemTime::now());
    runtime.block_on(async {
        let session = sessions.open(&Visit::new(), now).await.unwrap();
        session.set("cart", 1).unwrap();
        sessions.save(&session, now).await.unwrap();
    });
    assert_eq!(rows(&server, "shop_sessions"), "1");
}
