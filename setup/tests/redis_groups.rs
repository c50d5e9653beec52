//! Sentinels, clusters, and users with too few rights.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod support;

use std::time::{Duration, Instant};

use session_testservers::{RedisCluster, RedisServer, SentinelTrio};
use support::{assert_ok, assert_says, run};

/// Runs it until it says all of this: the servers notice what happens to others after a while.
fn wait_until_said(url: &str, code: i32, texts: &[&str]) {
    let start = Instant::now();
    loop {
        let ran = run(url, &["redis"]);
        if ran.code == Some(code) && texts.iter().all(|text| ran.stdout.contains(text)) {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(30), "it never says {texts:?}: {ran:?}");
    }
}

#[test]
fn sentinels_are_asked_for_the_master_and_looked_at_themselves() {
    let trio = SentinelTrio::start().unwrap();
    let url = trio.url();
    let said = assert_ok(&url, &["redis"]);
    for text in ["ok       sentinels    all 3 agree", "(standalone, master)", "ok       trial"] {
        assert!(said.contains(text), "{text}: {said}");
    }
    let first = url.split_once(',').unwrap().0.to_owned() + "/" + SentinelTrio::MASTER_NAME;
    assert_says(&first, &["redis"], 0, &["warning  sentinels    the URL names 1"]);
    let unknown = url.replace(SentinelTrio::MASTER_NAME, "nobody");
    let ran = run(&unknown, &["redis"]);
    assert!(ran.code == Some(1) && ran.stderr.contains("knows no master of this name"), "{ran:?}");

    let [one, two, _] = trio.sentinels() else { panic!("three sentinels") };
    one.kill().unwrap();
    let gone = format!("127.0.0.1:{} does not answer", one.address().port());
    assert_says(&url, &["redis"], 0, &["warning  sentinels", &gone, "ok       trial"]);
    assert_says(&url, &["redis", "--strict"], 1, &[&gone]);
    two.kill().unwrap();
    // The last one notices after a second that it is alone.
    wait_until_said(&url, 0, &["could not start a failover: NOQUORUM"]);
}

#[test]
fn each_master_of_a_cluster_is_looked_at_and_missing_ones_are_named() {
    let cluster = RedisCluster::start().unwrap();
    let url = cluster.url();
    let said = assert_ok(&url, &["redis"]);
    assert_eq!(said.matches("ok       trial").count(), 3, "{said}");
    assert_eq!(said.matches("has no replica").count(), 3, "{said}");
    for node in cluster.nodes() {
        assert!(said.contains(&format!("at {} (cluster, master)", node.address())), "{said}");
        // Nothing is left of the trial.
        assert_eq!(node.command(&["DBSIZE"]).unwrap().text(), "0");
    }
    let [node, ..] = cluster.nodes() else { panic!("three masters") };
    let alone = format!("redis://{}/", node.address());
    assert_says(&alone, &["redis", "--no-trial"], 1, &["PROBLEM  cluster", "use redis+cluster://"]);

    node.command(&["CLUSTER", "DELSLOTS", "0"]).unwrap();
    let told = ["PROBLEM  cluster", "1 of 16384 slots have no master", "in the state `fail`"];
    // The first node of the URL is asked, and the cluster needs a moment to know that it is incomplete.
    let start = Instant::now();
    while run(&url, &["redis", "--no-trial"]).stdout.matches("in the state `fail`").count() == 0 {
        assert!(start.elapsed() < Duration::from_secs(30));
    }
    assert_says(&url, &["redis", "--no-trial"], 1, &told);
}

#[test]
fn a_user_with_too_few_rights_is_told_which_operation_fails() {
    let server = RedisServer::start().unwrap();
    let account = assert_ok(&server.url(), &["redis"]);
    let account = account.lines().map(str::trim).find(|line| line.starts_with("ACL SETUSER")).unwrap();
    let account = account.replace("PASSWORD", "sesame");
    let url = server.url().replace("redis://", "redis://sessions:sesame@");
    for (taken, operation) in [
        ("-time", "signing in fails"),
        ("-evalsha", "signing in fails"),
        ("-set", "fails: denied"),
        ("-get", "signing in fails"),
        ("-zmscore", "listing an owner's sessions fails: denied"),
        ("-pexpire", "fails: denied"),
    ] {
        server.command(&account.split(' ').collect::<Vec<_>>()).unwrap();
        assert_ok(&url, &["redis"]);
        server.command(&["ACL", "SETUSER", "sessions", taken]).unwrap();
        let said = assert_says(&url, &["redis"], 1, &["PROBLEM  trial", operation, "ACL SETUSER sessions"]);
        assert!(!said.contains("sesame"), "{taken}: {said}");
    }
    // Another prefix is out of its reach.
    server.command(&account.split(' ').collect::<Vec<_>>()).unwrap();
    assert_says(&url, &["redis", "--prefix", "other_"], 1, &["PROBLEM  trial", "denied"]);
}

#[test]
fn a_trial_leaves_nothing_behind() {
    let server = RedisServer::start().unwrap();
    assert_ok(&server.url(), &["redis"]);
    assert_eq!(server.command(&["DBSIZE"]).unwrap().text(), "0");
    assert_ok(&server.url(), &["redis", "--no-trial"]);
    let written = server.command(&["INFO", "commandstats"]).unwrap().text();
    assert_eq!(written.matches("cmdstat_evalsha:").count(), 1, "one trial of two: {written}");
}

#[test]
fn a_server_that_takes_no_writes_is_a_problem() {
    let master = RedisServer::start().unwrap();
    let port = master.address().port();
    let replica = RedisServer::builder().config(format!("replicaof 127.0.0.1 {port}")).start().unwrap();
    wait_until_said(&replica.url(), 1, &["PROBLEM  role", "PROBLEM  trial", "read only"]);
}
