//! The process of a peer: what it shows, what is said when it fails, and that it ends with its parent.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics has failed")]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "what is printed in the process of a peer is tested"
)]

use std::{
    collections::HashMap,
    env,
    error::Error,
    fs::{self, File, TryLockError},
    mem,
    path::{Path, PathBuf},
    process::{self, Command, ExitCode, Stdio},
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use file_store::FileStore;
use libtest_mimic::{Arguments, Trial};
use session_core::{
    id::StoreKey,
    store::{Answer, BlockingAdapter, BlockingStore as _, Call, StoreError, Stored},
};
use session_testkit::{Fixture, OpenError, Opened, Outcome, Suites, examine, rules};

/// The variable that tells this program to be a suite instead of the tests, and which.
const ROLE: &str = "PEER_TEST_ROLE";
/// The directory of a test.
const HOME: &str = "PEER_TEST_HOME";
/// The variable of the kit.
const IS_PEER: &str = "SESSION_TEST_PEER";

type Checked<T = ()> = Result<T, Box<dyn Error>>;

/// A store on files, which its role makes wrong in the process of the peer.
struct Files {
    name: &'static str,
    role: String,
}

impl Fixture for Files {
    fn name(&self) -> &str {
        self.name
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        let place = tempfile(&format!("store-{}", unique()));
        Ok(Opened::blocking(Played::new(&self.role, &place)?).at(place.display().to_string()))
    }

    async fn join(&self, place: &str) -> Result<Opened, OpenError> {
        println!("NOISE of the peer");
        eprintln!("NOISE of the peer");
        match self.role.as_str() {
            "join-fails" => Err("the server knows no such database".into()),
            "join-panics" => panic!("no database"),
            _ => Ok(Opened::blocking(Played::new(&self.role, Path::new(place))?)),
        }
    }
}

/// A fixture that says where its data are, but not how they are opened once more.
struct Joinless;

impl Fixture for Joinless {
    fn name(&self) -> &str {
        "joinless"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        let place = tempfile(&format!("store-{}", unique()));
        Ok(Opened::blocking(FileStore::open(&place)?).at("somewhere"))
    }
}

/// What was loaded from which directory, and when.
type Cache = HashMap<(PathBuf, StoreKey), (Instant, Stored)>;

/// A store with the defect of its role.
struct Played {
    role: String,
    place: PathBuf,
    store: FileStore,
}

impl Played {
    fn new(role: &str, place: &Path) -> Result<Self, OpenError> {
        Ok(Self { role: role.to_owned(), place: place.to_owned(), store: FileStore::open(place)? })
    }

    /// A cache that all instances of this process share, and that their writes clear.
    fn cached(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        static CACHE: Mutex<Option<Cache>> = Mutex::new(None);
        let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
        let cache = cache.get_or_insert_default();
        let Call::Load { key } = call else {
            cache.clear();
            return self.store.perform(call);
        };
        let place = (self.place.clone(), key);
        if let Some((since, stored)) = cache.get(&place) {
            let remaining = stored.remaining.saturating_sub(since.elapsed());
            let aged = Stored { remaining, ..stored.clone() };
            return Ok(Answer::Load(Some(aged).filter(|aged| !aged.remaining.is_zero())));
        }
        let stored = self.store.load(&key)?;
        cache.extend(stored.clone().map(|stored| (place, (Instant::now(), stored))));
        Ok(Answer::Load(stored))
    }
}

impl BlockingAdapter for Played {
    fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        match self.role.as_str() {
            "cached" => self.cached(call),
            "dies" if is_peer() => {
                eprintln!("out of luck");
                process::exit(7)
            }
            "panics" if is_peer() => panic!("out of luck"),
            "waits" if is_peer() => {
                let held = File::create(home().join("held")).unwrap();
                held.lock().unwrap();
                fs::write(home().join("waiting"), "").unwrap();
                mem::forget(held);
                loop {
                    thread::park();
                }
            }
            _ => self.store.perform(call),
        }
    }
}

fn is_peer() -> bool {
    env::var_os(IS_PEER).is_some()
}

fn home() -> PathBuf {
    PathBuf::from(env::var_os(HOME).unwrap())
}

fn tempfile(name: &str) -> PathBuf {
    home().join(name)
}

fn unique() -> String {
    static LAST: Mutex<u32> = Mutex::new(0);
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    *last += 1;
    format!("{}-{last}", process::id())
}

/// This program as a suite.
fn play(role: &str) -> ExitCode {
    if is_peer() {
        fs::write(home().join("started"), "").unwrap();
        if role == "never-serves" {
            eprintln!("the database is not installed");
            return ExitCode::from(3);
        }
    }
    let files = |name| Files { name, role: role.to_owned() };
    match role {
        "joinless" => Suites::new().on(Joinless).run(),
        "changes" if is_peer() => Suites::new().on(files("other")).run(),
        _ => Suites::new().on(files("one")).on(files("two")).run(),
    }
}

struct Ran {
    success: bool,
    text: String,
    home: PathBuf,
}

impl Drop for Ran {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.home);
    }
}

fn prepared(role: &str, arguments: &[&str]) -> Checked<(Command, PathBuf)> {
    let home = env::temp_dir().join(format!("peer-test-{}", unique()));
    fs::create_dir_all(&home)?;
    let mut command = Command::new(env::current_exe()?);
    command.args(arguments).env(ROLE, role).env(HOME, &home);
    Ok((command, home))
}

fn run(role: &str, arguments: &[&str]) -> Checked<Ran> {
    let (mut command, home) = prepared(role, arguments)?;
    let output = command.output()?;
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    Ok(Ran { success: output.status.success(), text, home })
}

const ONE_CASE: &str = "blocking::peer_1::a_commit_made_elsewhere_is_seen";

fn two_fixtures_each_have_a_peer_that_prints_nothing() -> Checked {
    let ran = run("healthy", &["peer_1", "--test-threads=64"])?;
    assert!(ran.success && ran.text.contains("24 passed") && !ran.text.contains("NOISE"), "{}", ran.text);
    Ok(())
}

fn a_list_starts_no_process() -> Checked {
    let ran = run("healthy", &["--list"])?;
    assert!(ran.success && ran.text.contains(ONE_CASE), "{}", ran.text);
    assert!(!ran.home.join("started").exists());
    let ran = run("healthy", &[ONE_CASE])?;
    assert!(ran.success && ran.home.join("started").exists(), "{}", ran.text);
    Ok(())
}

/// A cache in a `static` is one for all instances of a process, so only another process shows it.
fn a_cache_of_the_process_is_found() -> Checked {
    let ran = run("cached", &["one::blocking::peer_1"])?;
    assert!(!ran.success && ran.text.contains("breaks PEER-1"), "{}", ran.text);
    Ok(())
}

fn examine_joins_in_this_process() -> Checked {
    let (_, home) = prepared("cached", &[])?;
    let findings = examine(InThisProcess(home.clone()), &[&rules::PEER_1]);
    let kept = findings.iter().filter(|finding| matches!(finding.outcome(), Outcome::Kept)).count();
    fs::remove_dir_all(home)?;
    assert!(kept == findings.len() && kept > 5, "{kept} of {} cases are kept", findings.len());
    Ok(())
}

/// Stores with a cache of the process, in a directory that this process knows.
struct InThisProcess(PathBuf);

impl Fixture for InThisProcess {
    fn name(&self) -> &str {
        "here"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        let place = self.0.join(unique());
        Ok(Opened::blocking(Played::new("cached", &place)?).at(place.display().to_string()))
    }

    async fn join(&self, place: &str) -> Result<Opened, OpenError> {
        assert!(!is_peer());
        Ok(Opened::blocking(Played::new("cached", Path::new(place))?))
    }
}

fn each_failure_is_told() -> Checked {
    let expected: [(&str, &[&str]); 7] = [
        ("join-fails", &["could not open another instance", "`Fixture::join`", "knows no such database"]),
        ("join-panics", &["it panicked: no database"]),
        ("joinless", &["not how they are opened once more", "`Fixture::join`"]),
        ("dies", &["the process of the peer ended in the middle of a case", "exit status: 7", "out of luck"]),
        ("panics", &["in the process of the peer, it panicked: out of luck"]),
        ("never-serves", &["ended before it served", "exit status: 3", "the database is not installed"]),
        ("changes", &["its fixture of this number is \"other\" and not \"one\""]),
    ];
    for (role, parts) in expected {
        let ran = run(role, &[ONE_CASE])?;
        for part in parts {
            assert!(!ran.success && ran.text.contains(part), "{role} lacks {part:?}: {}", ran.text);
        }
    }
    Ok(())
}

fn the_process_ends_with_its_killed_parent() -> Checked {
    let (mut command, home) = prepared("waits", &[&format!("one::{ONE_CASE}")])?;
    let mut parent = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let start = Instant::now();
    let within = || start.elapsed() < Duration::from_secs(60);
    while !home.join("waiting").exists() {
        assert!(within(), "the process of the peer was not asked");
        thread::sleep(Duration::from_millis(5));
    }
    let held = File::open(home.join("held"))?;
    assert!(
        matches!(held.try_lock(), Err(TryLockError::WouldBlock)),
        "the peer holds the file while it lives"
    );
    parent.kill()?;
    parent.wait()?;
    while held.try_lock().is_err() {
        assert!(within(), "the process of the peer has outlived its parent");
        thread::sleep(Duration::from_millis(5));
    }
    fs::remove_dir_all(home)?;
    Ok(())
}

fn main() -> ExitCode {
    if let Ok(role) = env::var(ROLE) {
        return play(&role);
    }
    let trial = |name: &str, case: fn() -> Checked| {
        Trial::test(name, move || case().map_err(|error| error.to_string().into()))
    };
    let trials = vec![
        trial(
            "two_fixtures_each_have_a_peer_that_prints_nothing",
            two_fixtures_each_have_a_peer_that_prints_nothing,
        ),
        trial("a_list_starts_no_process", a_list_starts_no_process),
        trial("a_cache_of_the_process_is_found", a_cache_of_the_process_is_found),
        trial("examine_joins_in_this_process", examine_joins_in_this_process),
        trial("each_failure_is_told", each_failure_is_told),
        trial("the_process_ends_with_its_killed_parent", the_process_ends_with_its_killed_parent),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
