//! Tables of the same name that are not ours, or that cannot be altered: nothing is changed.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod support;

use session_testservers::MariaDb;
use support::{assert_ok, assert_says};

const PHP: &str =
    "CREATE TABLE alo_session (id CHAR(128) NOT NULL, data TEXT, access TIMESTAMP, PRIMARY KEY (id))";
const COLUMNS: &str = "family BINARY(16) NOT NULL, digest BINARY(32) NOT NULL, revision BINARY(16) NOT NULL, \
    owned TINYINT NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, mark BIGINT NOT NULL DEFAULT 0";

#[test]
fn nothing_is_changed_in_a_table_that_cannot_be_made_right() {
    let server = MariaDb::start().unwrap();
    let url = server.url();
    let beside = "?table=sessions";
    let ours = |rest: &str| format!("CREATE TABLE alo_session ({COLUMNS}, {rest}");
    let cases: [(String, &[&str]); 11] = [
        (PHP.to_owned(), &["the PHP original", beside]),
        (format!("{PHP} ENGINE=MyISAM"), &["the PHP original", beside]),
        (PHP.replace("data TEXT", "data BLOB") + " ENGINE=MyISAM", &["the PHP original", beside]),
        (PHP.replace("data TEXT", "data LONGBLOB"), &["the PHP original", beside]),
        (
            "CREATE TABLE alo_session (n INT PRIMARY KEY, data LONGBLOB) ENGINE=MyISAM".to_owned(),
            &["another program", "family is missing", "the engine is MyISAM", beside],
        ),
        ("CREATE TABLE alo_session (n INT)".to_owned(), &["another program", "digest is missing"]),
        ("CREATE VIEW alo_session AS SELECT 1 AS n".to_owned(), &["it is a view", beside]),
        (
            ours("data MEDIUMBLOB NOT NULL) COMMENT='alo-session schema 1'")
                .replace("digest BINARY(32)", "digest CHAR(32)"),
            &["digest is char(32)", "no index begins with expires_at", "rename the table"],
        ),
        (
            ours("data TEXT NOT NULL, PRIMARY KEY (digest)) ENGINE=MyISAM COMMENT='alo-session schema 1'"),
            &["data is text", "the engine is MyISAM", "the primary key is (digest)", "rename the table"],
        ),
        (
            ours("data LONGBLOB NOT NULL, note INT NOT NULL, PRIMARY KEY (family, digest))"),
            &["the unknown column note", "rename the table"],
        ),
        (
            ours("data MEDIUMBLOB NOT NULL, PRIMARY KEY (family, digest)) COMMENT='alo-session schema 7'"),
            &["newer release"],
        ),
    ];
    for (made, texts) in cases {
        server.sql("DROP VIEW IF EXISTS alo_session").unwrap_or_default();
        server.sql("DROP TABLE IF EXISTS alo_session").unwrap();
        server.sql(&made).unwrap();
        let before = server.sql("SHOW CREATE TABLE alo_session").unwrap();
        for args in [
            &["mysql", "--verify"][..],
            &["mysql", "--apply", "--block-writers", "--force", "--event"],
            &["mysql", "--apply"],
        ] {
            let said = assert_says(&url, args, 1, texts);
            assert!(said.contains("nothing is changed"), "{said}");
        }
        assert_eq!(server.sql("SHOW CREATE TABLE alo_session").unwrap(), before, "{made}");
        assert_eq!(server.sql("SHOW EVENTS").unwrap(), "");
    }
}

#[test]
fn the_original_and_ours_live_side_by_side() {
    let server = MariaDb::start().unwrap();
    server.sql(PHP).unwrap();
    let url = format!("{}?table=sessions", server.url());
    assert_ok(&url, &["mysql", "--apply"]);
    assert_ok(&url, &["mysql", "--verify", "--strict"]);
}

#[test]
fn a_larger_blob_and_another_engine_are_right_or_made_right() {
    let server = MariaDb::start().unwrap();
    let url = server.url();
    server
        .sql(&format!("CREATE TABLE alo_session ({COLUMNS}, data LONGBLOB NOT NULL) ENGINE=MyISAM"))
        .unwrap();
    let told =
        assert_says(&url, &["mysql", "--verify"], 1, &["ENGINE=InnoDB", "ADD PRIMARY KEY", "COMMENT="]);
    assert_eq!(told.matches("ALTER TABLE").count(), 1, "one statement or none: {told}");
    assert_says(&url, &["mysql", "--apply"], 1, &["nothing is changed", "--block-writers"]);
    assert_ok(&url, &["mysql", "--apply", "--block-writers"]);
    let made = server.sql("SHOW CREATE TABLE alo_session").unwrap();
    assert!(made.contains("longblob") && made.contains("InnoDB"), "{made}");
}
