//! The program, on real servers in states that an operator should hear of.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod support;

use std::time::{Duration, Instant};

use session_core::{
    id::{Algorithm, CookieId, Digest, Family, Generator, StoreKey},
    store::{BlockingStore as _, Page, Revision, Write},
};
use session_redis::blocking::RedisStore;
use session_testservers::RedisServer;
use support::{redis as store, run};

fn server(config: &[&str]) -> RedisServer {
    config.iter().fold(RedisServer::builder(), |builder, line| builder.config(*line)).start().unwrap()
}

fn look(url: &str, options: &[&str]) -> (Option<i32>, String, String) {
    let ran = run(url, &[&["redis"], options].concat());
    (ran.code, ran.stdout, ran.stderr)
}

const GOOD: [&str; 2] = ["appendonly yes", "maxmemory 100mb"];

#[test]
fn a_good_server_has_nothing_to_do() {
    let (code, stdout, stderr) = look(&server(&GOOD).url(), &[]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{stdout}");
    assert!(stdout.starts_with("Redis ") || stdout.starts_with("Valkey "), "{stdout}");
    for text in
        ["(standalone, master)", "noeviction", "every second", "ok       trial", "ACL SETUSER sessions"]
    {
        assert!(stdout.contains(text), "{text}: {stdout}");
    }
    assert!(!stdout.contains("do:"), "{stdout}");
}

#[test]
fn what_may_lose_sessions_is_a_warning_with_its_cure() {
    for (config, texts) in [
        (
            &["appendonly no", "save ''"][..],
            &["a restart ends every session", "CONFIG SET appendonly yes"][..],
        ),
        (&["appendonly no", "save 60 1"], &["snapshots only"]),
        (&["appendonly yes", "appendfsync no"], &["CONFIG SET appendfsync everysec"]),
        (&["maxmemory 100mb", "maxmemory-policy allkeys-lru"], &["allkeys-lru", "policy noeviction"]),
        (&["maxmemory-policy volatile-ttl"], &["never full, so far", "no maxmemory"]),
    ] {
        let (code, stdout, _) = look(&server(config).url(), &["--no-trial"]);
        assert_eq!(code, Some(0), "{stdout}");
        for text in texts {
            assert!(stdout.contains(text) && stdout.contains("warning"), "{text}: {stdout}");
        }
    }
}

#[test]
fn what_stops_sessions_is_a_problem() {
    let full = server(&["maxmemory 1"]);
    let (code, stdout, _) = look(&full.url(), &[]);
    assert!(code == Some(1) && stdout.contains("PROBLEM  memory"), "{stdout}");

    let master = server(&GOOD);
    let (host, port) = (master.address().ip().to_string(), master.address().port().to_string());
    let replica = server(&[&format!("replicaof {host} {port}")]);
    let (code, stdout, _) = look(&replica.url(), &[]);
    assert!(code == Some(1) && stdout.contains("PROBLEM  role"), "{stdout}");

    // Before 7.0 the setting holds no script back, so that nobody is told to set it.
    let is_old = master.command(&["INFO", "server"]).unwrap().text().contains("redis_version:6.");
    let [said, never] = match ["does not hold back scripts before Redis 7.0", "min-replicas-to-write 0"] {
        [old, new] if is_old => [old, new],
        [old, new] => [new, old],
    };
    // The replica needs a moment to introduce itself.
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let stdout = look(&master.url(), &["--no-trial"]).1;
        assert!(!stdout.contains(never), "{stdout}");
        if stdout.contains(said) {
            break;
        }
        assert!(Instant::now() < deadline, "{stdout}");
    }
}

#[test]
fn no_server_is_an_error_that_shows_no_password() {
    let gone = RedisServer::builder().password("sesame").start().unwrap();
    let (code, stdout, _) = look(&gone.url(), &[]);
    assert_eq!(code, Some(0), "{stdout}");
    assert!(!stdout.contains("sesame"));
    let wrong = gone.url().replace("sesame", "guessed");
    gone.kill().unwrap();
    for (url, texts) in [
        (gone.url().as_str(), "unavailable"),
        ("redis+carrier-pigeon://:sesame@x/", "its scheme must be one of"),
    ] {
        let (code, stdout, stderr) = look(url, &[]);
        assert_eq!((code, stdout.as_str()), (Some(1), ""));
        assert!(stderr.contains(texts) && !stderr.contains("sesame"), "{stderr}");
    }
    gone.restart().unwrap();
    let (code, _, stderr) = look(&wrong, &[]);
    assert!(code == Some(1) && !stderr.contains("guessed"), "{stderr}");
}

fn fill(store: &RedisStore, anonymous: usize, owned: u8) {
    let write = Write { next: Revision::from_bytes([1; 16]), data: b"data", ttl: Duration::from_secs(600) };
    for _ in 0..anonymous {
        let id = CookieId::generate(Algorithm::Sha256, None, &Generator).unwrap();
        store.create(id.key(), write, None).unwrap();
    }
    let family = Family::of_owner("Ada", None);
    for number in 0..owned {
        let key = StoreKey { family, digest: Digest::from_bytes([number; 32]) };
        store.create(&key, write, None).unwrap();
    }
}

#[test]
fn sessions_are_counted_under_their_own_prefix() {
    let server = server(&GOOD);
    fill(&store(&server.url(), "we*rd[x]?"), 5, 3);
    fill(&store(&server.url(), "other"), 2, 1);
    server.command(&["SET", "we*rd[x]?odd", "1"]).unwrap();
    let (_, stdout, _) = look(&server.url(), &["--prefix", "we*rd[x]?", "--scan"]);
    assert!(stdout.contains("8 (tombstones among them), 1 owners"), "{stdout}");
    assert!(stdout.contains("1 other keys under the prefix"), "{stdout}");
}

#[test]
fn the_user_that_is_proposed_can_do_all_that_sessions_need_and_no_more() {
    let server = server(&GOOD);
    let (_, stdout, _) = look(&server.url(), &["--prefix", "mine_"]);
    let line = stdout.lines().map(str::trim).find(|line| line.starts_with("ACL SETUSER")).unwrap();
    let line = line.replace("PASSWORD", "sesame");
    server.command(&line.split(' ').collect::<Vec<_>>()).unwrap();
    let url = server.url().replace("redis://", "redis://sessions:sesame@");
    let sessions = store(&url, "mine_");
    fill(&sessions, 2, 3);
    let family = Family::of_owner("Ada", None);
    assert_eq!(sessions.list(&family, Page::default()).unwrap().sessions.len(), 3);
    assert_eq!(sessions.revoke(&family, None).unwrap(), 3);
    assert!(sessions.list(&family, Page::default()).unwrap().sessions.is_empty());
    assert!(store(&url, "other_").load(&StoreKey { family, digest: Digest::from_bytes([0; 32]) }).is_err());
    // It may not scan the keys. The program says so, and it is not a problem for sessions.
    let (code, stdout, stderr) = look(&url, &["--prefix", "mine_", "--scan"]);
    assert_eq!(code, Some(0), "{stdout}{stderr}");
    assert!(stdout.contains("?        persistence") && stdout.contains("?        sessions"), "{stdout}");
}
