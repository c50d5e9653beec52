//! A fixture whose server is not there, and `SESSION_TEST_REQUIRE`.

use std::{error::Error, process::Command, process::ExitCode};

use libtest_mimic::{Arguments, Trial};
use session_testkit::{Fixture, ModelStore, OpenError, Opened};
use session_testservers::Target;

type Checked<T = ()> = Result<T, Box<dyn Error>>;

/// The variable that tells this program to be a fixture instead of the tests.
const ROLE: &str = "ABSENCE_TEST_ROLE";

/// A fixture that needs a Redis and a MariaDB.
struct Needy;

impl Fixture for Needy {
    fn name(&self) -> &str {
        "needy"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        let target = Target::redis()?;
        Target::mysql()?;
        Ok(Opened::blocking(ModelStore::new()).with_guard(target.url().to_owned()))
    }
}

/// Runs the suite with an empty `PATH`, so that no program is found.
fn run_without_programs(required: Option<&str>) -> Checked<(bool, String)> {
    let mut command = Command::new(std::env::current_exe()?);
    command.env(ROLE, "fixture").env("PATH", "").env_remove("SESSION_TEST_REQUIRE");
    for variable in [
        "SESSION_TEST_REDIS_URL",
        "SESSION_TEST_REDIS_SERVER",
        "SESSION_TEST_MYSQL_URL",
        "SESSION_TEST_STRICT",
        "SESSION_TEST_REPORT",
    ] {
        command.env_remove(variable);
    }
    command.envs(required.map(|required| ("SESSION_TEST_REQUIRE", required)));
    let output = command.output()?;
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    Ok((output.status.success(), text))
}

const REASON: &str = "redis needs redis-server or valkey-server, which is not on the PATH: install it, on Debian by \
                      `apt-get install redis-server`, or point SESSION_TEST_REDIS_URL at a server";

fn an_absent_server_is_ignored_with_the_reason() -> Checked {
    let (success, text) = run_without_programs(None)?;
    assert!(success && text.contains("1 ignored") && text.contains(REASON), "{text}");
    Ok(())
}

fn a_required_server_must_not_be_absent() -> Checked {
    for required in ["redis", "redis,mysql", "mysql, redis", "needy"] {
        let (success, text) = run_without_programs(Some(required))?;
        assert!(!success && text.contains("1 failed") && text.contains(REASON), "{required}: {text}");
    }
    Ok(())
}

fn another_requirement_changes_nothing() -> Checked {
    for required in ["mysql", "redi", ""] {
        let (success, text) = run_without_programs(Some(required))?;
        assert!(success && text.contains("1 ignored"), "{required}: {text}");
    }
    Ok(())
}

fn main() -> ExitCode {
    if std::env::var_os(ROLE).is_some() {
        return session_testkit::main(Needy);
    }
    let trial = |name: &str, case: fn() -> Checked| {
        Trial::test(name, move || case().map_err(|error| error.to_string().into()))
    };
    let trials = vec![
        trial("an_absent_server_is_ignored_with_the_reason", an_absent_server_is_ignored_with_the_reason),
        trial("a_required_server_must_not_be_absent", a_required_server_must_not_be_absent),
        trial("another_requirement_changes_nothing", another_requirement_changes_nothing),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
