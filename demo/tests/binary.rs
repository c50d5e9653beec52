//! The program, started as a user starts it.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    iter,
    net::{TcpListener, TcpStream},
    process::{Child, ChildStdout, Command, Output, Stdio},
};

use session_testservers::{MariaDb, Postgres, RedisServer};

const PROGRAM: &str = env!("CARGO_BIN_EXE_session-demo");

fn run(args: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = Command::new(PROGRAM).args(args).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

/// A running program; killed when the test fails.
struct Demo {
    child: Child,
    stdout: BufReader<ChildStdout>,
    address: String,
}

impl Demo {
    /// Starts it on a free port and reads the address from its output.
    fn start() -> Self {
        Self::start_on("memory:")
    }

    fn start_on(store: &str) -> Self {
        Self::start_by("axum", store)
    }

    fn start_by(framework: &str, store: &str) -> Self {
        let mut child = Command::new(PROGRAM)
            .args(["--addr", "127.0.0.1:0", "--store", store, "--framework", framework])
            .env("RUST_LOG", "trace")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("The demo is at http://").unwrap();
        Self { address: address.trim_end_matches('/').to_owned(), child, stdout }
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.address).unwrap()
    }

    fn get(&self, head: &str) -> String {
        let mut stream = self.connect();
        let request = format!("GET / HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{head}\r\n", self.address);
        stream.write_all(request.as_bytes()).unwrap();
        answer(stream)
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &id]).status();
        assert!(sent.unwrap().success());
    }

    /// Waits for a line of output.
    fn expect(&mut self, text: &str) {
        let found = self.stdout.by_ref().lines().any(|line| line.unwrap().contains(text));
        assert!(found, "no line with {text:?}");
    }

    /// Waits for the end, and returns the exit code and the log.
    fn end(mut self) -> (Option<i32>, String) {
        let mut log = String::new();
        let mut stderr = self.child.stderr.take().unwrap();
        stderr.read_to_string(&mut log).unwrap();
        (self.child.wait().unwrap().code(), log)
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn answer(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// What this program was built to serve the site with.
fn frameworks() -> &'static [&'static str] {
    if cfg!(feature = "actix") { &["axum", "actix"] } else { &["axum"] }
}

#[test]
fn it_says_where_it_is_and_ends_when_told() {
    for (signal, framework) in ["INT", "TERM"]
        .into_iter()
        .flat_map(|signal| frameworks().iter().map(move |framework| (signal, framework)))
    {
        let mut demo = Demo::start_by(framework, "memory:");
        demo.expect("kept in memory");
        demo.expect("not `Secure`");
        demo.expect("Ctrl-C");
        assert!(demo.get("").starts_with("HTTP/1.1 200 OK"));
        demo.signal(signal);
        demo.expect("Ended.");
        assert_eq!(demo.end().0, Some(0), "SIG{signal} {framework}");
    }
}

#[test]
fn it_finishes_what_is_under_way() {
    frameworks()
        .iter()
        .for_each(|framework| finishes_what_is_under_way(Demo::start_by(framework, "memory:")));
}

fn finishes_what_is_under_way(mut demo: Demo) {
    let mut stream = demo.connect();
    let head = "POST /sign-in HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\n";
    write!(stream, "{head}content-length: 8\r\n\r\nname").unwrap();
    // A whole request after it, so that the first one has certainly begun.
    demo.get("");
    demo.signal("TERM");
    demo.expect("Finishing what is under way");
    stream.write_all(b"=Ada").unwrap();
    assert!(answer(stream).starts_with("HTTP/1.1 403 Forbidden"));
    assert_eq!(demo.end().0, Some(0));
}

#[test]
fn its_log_has_no_id() {
    let demo = Demo::start();
    let first = demo.get("");
    let (_, cookie) = first.split_once("set-cookie: AloSession=").unwrap();
    let (id, _) = cookie.split_once(';').unwrap();
    assert!(demo.get(&format!("cookie: AloSession={id}\r\n")).contains("<strong>2</strong> times"));
    demo.signal("TERM");
    let (code, log) = demo.end();
    assert_eq!(code, Some(0));
    assert!(log.contains("session created") && log.contains("answered"), "{log}");
    assert!(!log.contains(id));
}

/// Starts the program twice on this store, and freezes and thaws the server in between.
fn outlives(store: &str, freeze: impl FnOnce(), thaw: impl FnOnce()) {
    let first = Demo::start_on(store);
    let answer = first.get("");
    let (_, cookie) = answer.split_once("set-cookie: ").unwrap();
    let cookie = format!("cookie: {}\r\n", cookie.split_once(';').unwrap().0);
    drop(first);

    let mut demo = Demo::start_on(store);
    demo.expect("they outlive this program");
    assert!(demo.get(&cookie).contains("<strong>2</strong> times"));
    freeze();
    let failed = demo.get(&cookie);
    assert!(failed.starts_with("HTTP/1.1 503") && !failed.contains("set-cookie"), "{failed}");
    thaw();
    // The store tries again a moment after its last failure.
    let answer = iter::repeat_with(|| demo.get(&cookie))
        .take(10_000)
        .find(|answer| !answer.starts_with("HTTP/1.1 503"));
    assert!(answer.unwrap().contains("<strong>3</strong> times"));
}

#[test]
fn sessions_in_redis_outlive_the_program_and_outlast_an_outage() {
    let redis = RedisServer::start().unwrap();
    outlives(&redis.url(), || redis.freeze().unwrap(), || redis.thaw().unwrap());
}

#[test]
fn sessions_in_postgres_outlive_the_program_and_outlast_an_outage() {
    let postgres = Postgres::start().unwrap();
    outlives(&postgres.url(), || postgres.freeze().unwrap(), || postgres.thaw().unwrap());
}

#[test]
fn sessions_in_mysql_outlive_the_program_and_outlast_an_outage() {
    let mysql = MariaDb::start().unwrap();
    outlives(&mysql.url(), || mysql.freeze().unwrap(), || mysql.thaw().unwrap());
}

#[test]
fn sessions_in_a_file_outlive_the_program_also_when_it_is_killed() {
    let directory = std::env::temp_dir().join(format!("session-demo-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let store = format!("sqlite:{}", directory.join("sessions.db").display());
    let first = Demo::start_on(&store);
    let answer = first.get("");
    let (_, cookie) = answer.split_once("set-cookie: ").unwrap();
    let cookie = format!("cookie: {}\r\n", cookie.split_once(';').unwrap().0);
    // Dropped is killed.
    drop(first);
    let mut demo = Demo::start_on(&store);
    demo.expect("in a file: they outlive this program");
    assert!(demo.get(&cookie).contains("<strong>2</strong> times"));
    drop(demo);
    std::fs::remove_dir_all(&directory).unwrap();
    let (code, _, stderr) = run(&["--store", &store]);
    assert!(code != Some(0) && stderr.contains("create its directory"), "{stderr}");
}

#[test]
fn it_explains_itself() {
    let (code, stdout, _) = run(&["--help"]);
    assert_eq!(code, Some(0));
    for text in [
        "Usage:",
        "--addr",
        "127.0.0.1:3000",
        "--store",
        "memory:",
        "--framework",
        "--secure",
        "Examples:",
        "Ctrl-C",
    ] {
        assert!(stdout.contains(text), "{text}");
    }
    let version = format!("session-demo {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(run(&["--version"]), (Some(0), version, String::new()));
}

#[test]
fn a_wrong_command_line_is_named() {
    for (args, text) in [
        (&["--nonsense"][..], "--nonsense"),
        (&["--store", "mongodb://x"], "must be `memory:` or"),
        (&["--addr", "localhost"], "localhost"),
        (&["--framework", "rocket"], "rocket"),
    ] {
        let (code, stdout, stderr) = run(args);
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(stderr.contains(text) && stderr.contains("--help"), "{stderr}");
    }
}

#[test]
fn a_port_in_use_is_one_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, stdout, stderr) = run(&["--addr", &address]);
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert!(stderr.starts_with(&format!("session-demo: cannot listen on {address}: ")));
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
}
