//! Encrypted servers, looked at by the program as it is installed: `cargo test -p session-setup` builds it so, and `ci/check`
//! runs this by itself. With the whole workspace, other crates turn features on.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod support;

use std::{env, process::Command};

use session_testservers::{MariaDb, RedisServer};
use support::{assert_ok, assert_says, run};

#[test]
fn the_program_has_tls_as_it_is_installed() {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = [
        "tree",
        "--offline",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{p}|{f}",
        "-p",
        "session-setup",
    ];
    let tree = Command::new(cargo).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    let tree = String::from_utf8(tree.stdout).unwrap();
    for store in ["session-redis", "session-mysql"] {
        let line = tree.lines().find(|line| line.starts_with(&format!("{store} "))).unwrap();
        let features: Vec<&str> =
            line.split_once('|').unwrap().1.trim_end_matches(" (*)").split(',').collect();
        assert!(features.contains(&"tls-blocking"), "{line}");
    }
}

#[test]
fn a_redis_that_speaks_tls_alone_is_looked_at() {
    let server = RedisServer::builder().tls().start().unwrap();
    let url = format!("{}?ca={}", server.url(), server.authority().unwrap().display());
    let seen = assert_ok(&url, &["redis"]);
    assert!(seen.contains("ok       trial"), "{seen}");
    // Nobody vouches for it without its authority.
    let ran = run(&server.url(), &["redis"]);
    assert!(ran.code == Some(1) && ran.stderr.contains("ertificate"), "{ran:?}");
    let plain = server.url().replace("rediss:", "redis:");
    assert_eq!(run(&plain, &["redis"]).code, Some(1));
}

#[test]
fn a_mysql_that_requires_tls_is_set_up() {
    let server = MariaDb::builder().tls().config("require_secure_transport=ON").start().unwrap();
    let ran = run(&server.url(), &["mysql", "--apply"]);
    assert!(ran.code == Some(1) && ran.stderr.contains("add `?ssl-mode=verify-identity`"), "{ran:?}");
    let authority = server.authority().unwrap().display();
    let url = format!("{}?ssl-mode=verify-identity&ssl-ca={authority}", server.url());
    assert_says(&url, &["mysql", "--apply"], 0, &["ok       access       encrypted", "ok       trial"]);
    assert_ok(&url, &["stats"]);
    assert_ok(&url, &["gc"]);
}
