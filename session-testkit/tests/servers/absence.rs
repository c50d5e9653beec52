//! A server that is not there, and `SESSION_TEST_REQUIRE`.

use std::{io::Write as _, process::ExitCode};

use session_testkit::{Fixture, ModelStore, OpenError, Opened, servers::Target};

use crate::support::{Checked, play};

/// A fixture that wants a redis and a MariaDB.
pub(crate) struct Needy;

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

pub(crate) fn print_target() -> ExitCode {
    let redis = Target::redis().map(|target| (target.url(), target.server().is_some()));
    let mysql = Target::mysql().map(|target| (target.url(), target.server().is_some()));
    let printed = writeln!(std::io::stdout(), "{redis:?} {mysql:?}");
    if printed.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs the suite where no program is found.
fn run_without_programs(required: Option<&str>) -> Checked<(bool, String)> {
    let mut command = play("fixture")?;
    command.env("PATH", "").env_remove("SESSION_TEST_REDIS_URL").env_remove("SESSION_TEST_MYSQL_URL");
    command.envs(required.map(|required| ("SESSION_TEST_REQUIRE", required)));
    let output = command.output()?;
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    Ok((output.status.success(), text))
}

const REASON: &str = "redis needs redis-server or valkey-server, which is not on the PATH: install it, on Debian by \
                      `apt-get install redis-server`, or point SESSION_TEST_REDIS_URL at a server";

pub(crate) fn an_absent_server_is_ignored_with_the_reason() -> Checked {
    let (success, text) = run_without_programs(None)?;
    assert!(success && text.contains("1 ignored") && text.contains(REASON), "{text}");
    Ok(())
}

pub(crate) fn a_required_server_must_not_be_absent() -> Checked {
    for required in ["redis", "redis,mysql", "mysql, redis"] {
        let (success, text) = run_without_programs(Some(required))?;
        assert!(!success && text.contains("1 failed") && text.contains(REASON), "{required}: {text}");
    }
    Ok(())
}

pub(crate) fn another_requirement_changes_nothing() -> Checked {
    for required in ["mysql", "redi", ""] {
        let (success, text) = run_without_programs(Some(required))?;
        assert!(success && text.contains("1 ignored"), "{required}: {text}");
    }
    Ok(())
}

pub(crate) fn the_environment_takes_precedence() -> Checked {
    let mut command = play("target")?;
    command.env("PATH", "").env("SESSION_TEST_REDIS_URL", "redis://far.example:1/");
    let output = command.env("SESSION_TEST_MYSQL_URL", "mysql://far.example/db").output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        text.contains(r#"Ok(("redis://far.example:1/", false)) Ok(("mysql://far.example/db", false))"#),
        "{text}"
    );
    Ok(())
}
