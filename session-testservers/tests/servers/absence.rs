//! A server that is not there, and `SESSION_TEST_REQUIRE`.

use std::{io::Write as _, process::ExitCode};

use session_testservers::{ServerError, Target};

use crate::support::{Checked, play};

pub(crate) fn print_target() -> ExitCode {
    let redis = Target::redis().map(|target| (target.url(), target.server().is_some()));
    let mysql = Target::mysql().map(|target| (target.url(), target.server().is_some()));
    let printed = writeln!(std::io::stdout(), "{redis:?} {mysql:?}");
    if printed.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

pub(crate) fn print_absence() -> ExitCode {
    let absence = Target::redis().err().as_ref().and_then(ServerError::absence);
    let printed = writeln!(std::io::stdout(), "{}", absence.unwrap_or_else(|| "required".to_owned()));
    if printed.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The absence of a Redis if no program is found.
fn without_programs(required: Option<&str>) -> Checked<String> {
    let mut command = play("absence")?;
    command.env("PATH", "").env_remove("SESSION_TEST_REDIS_URL").env_remove("SESSION_TEST_REDIS_SERVER");
    command.envs(required.map(|required| ("SESSION_TEST_REQUIRE", required)));
    Ok(String::from_utf8(command.output()?.stdout)?.trim().to_owned())
}

const REASON: &str = "redis needs redis-server or valkey-server, which is not on the PATH: install it, on Debian by \
                      `apt-get install redis-server`, or point SESSION_TEST_REDIS_URL at a server";

pub(crate) fn an_absent_server_is_ignored_with_the_reason() -> Checked {
    assert_eq!(without_programs(None)?, REASON);
    Ok(())
}

pub(crate) fn a_required_server_must_not_be_absent() -> Checked {
    for required in ["redis", "redis,mysql", "mysql, redis"] {
        assert_eq!(without_programs(Some(required))?, "required", "{required}");
    }
    Ok(())
}

pub(crate) fn another_requirement_changes_nothing() -> Checked {
    for required in ["mysql", "redi", ""] {
        assert_eq!(without_programs(Some(required))?, REASON, "{required}");
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
