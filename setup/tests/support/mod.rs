//! The program as a process of its own.
#![allow(dead_code, unreachable_pub, reason = "each test takes what it needs")]

use std::{
    io::Write as _,
    process::{Command, Output, Stdio},
    time::Duration,
};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{BlockingStore, Revision, Write},
};
use session_mysql::blocking::MysqlStore;
use session_redis::blocking::RedisStore;

/// Exit code, output and errors.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

pub fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_session-setup"))
}

/// Runs it with the URL in its variable.
pub fn run(url: &str, args: &[&str]) -> Ran {
    run_with_input(url, args, "")
}

/// Runs it with a text on its standard input, which is no terminal.
pub fn run_with_input(url: &str, args: &[&str], input: &str) -> Ran {
    let mut command = program();
    command.args(args).env("SESSION_SETUP_URL", url).env_remove("SESSION_SETUP_SECRET");
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A program that does not read it may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: status.code(), stdout: text(stdout), stderr: text(stderr) }
}

/// Runs it, and checks that nothing is wrong. Returns the output.
pub fn assert_ok(url: &str, args: &[&str]) -> String {
    let ran = run(url, args);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{args:?}: {}", ran.stdout);
    ran.stdout
}

/// Runs it, and checks the exit code and that each text is there.
pub fn assert_says(url: &str, args: &[&str], code: i32, texts: &[&str]) -> String {
    let ran = run(url, args);
    assert_eq!(ran.code, Some(code), "{args:?}: {ran:?}");
    for text in texts {
        assert!(ran.stdout.contains(text), "{args:?} does not say {text:?}: {}", ran.stdout);
    }
    ran.stdout
}

const PATIENCE: Duration = Duration::from_secs(10);

pub fn mysql(url: &str) -> MysqlStore {
    let builder = MysqlStore::builder(url).budget(PATIENCE);
    builder.connect_timeout(PATIENCE).response_timeout(PATIENCE).build_blocking().unwrap()
}

pub fn redis(url: &str, prefix: &str) -> RedisStore {
    RedisStore::builder(url).prefix(prefix).budget(PATIENCE).build_blocking().unwrap()
}

/// Below ten: a session of Ada. From ten on: an anonymous one.
pub fn key(number: u8) -> StoreKey {
    let digest = Digest::from_bytes([number; 32]);
    let family = if number < 10 { Family::of_owner("Ada", None) } else { Family::anonymous(&digest) };
    StoreKey { family, digest }
}

pub fn create(store: &impl BlockingStore, number: u8) {
    let write =
        Write { next: Revision::from_bytes([1; 16]), data: &[number; 100], ttl: Duration::from_secs(600) };
    store.create(&key(number), write, None).unwrap();
}

pub fn holds(store: &impl BlockingStore, number: u8) -> bool {
    store.load(&key(number)).unwrap().is_some_and(|stored| *stored.data == [number; 100])
}

/// `mysql://user:password@place` for another user of the same server.
pub fn as_user(url: &str, user: &str) -> String {
    let (_, place) = url.split_once('@').unwrap();
    format!("mysql://{user}@{place}")
}
