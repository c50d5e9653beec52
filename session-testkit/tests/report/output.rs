//! What a whole program prints, writes and returns.

use std::{fs, path::PathBuf, process::Command};

use crate::{Checked, ROLE};

/// Runs this program as a conformance test; returns whether it succeeded and what it printed.
fn run(role: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Checked<(Option<i32>, String)> {
    let mut command = Command::new(std::env::current_exe()?);
    for variable in
        ["SESSION_TEST_REPORT", "SESSION_TEST_REQUIRE", "SESSION_TEST_STRICT", "SESSION_TEST_SEED"]
    {
        command.env_remove(variable);
    }
    command.env(ROLE, role).args(arguments).envs(variables.iter().copied());
    let output = command.output()?;
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    Ok((output.status.code(), text))
}

fn expect(ran: (Option<i32>, String), code: i32, parts: &[&str]) -> Checked<String> {
    let missing: Vec<_> = parts.iter().filter(|part| !ran.1.contains(**part)).collect();
    match ran {
        (Some(seen), text) if seen == code && missing.is_empty() => Ok(text),
        (seen, text) => Err(format!("exit code {seen:?}, without {missing:?}:\n{text}").into()),
    }
}

pub(crate) fn the_report_comes_last() -> Checked {
    let text = expect(run("cap", &["family_3"], &[])?, 101, &["test result: FAILED. "])?;
    let (frame, report) = text.rsplit_once("test result: ").unwrap_or_default();
    expect(
        (Some(0), report.to_owned()),
        0,
        &["wrong: rules kept", "FAMILY-3 is broken: ", "SESSION_TEST_SEED=0x"],
    )?;
    // The frame has a line for each failure, and not the whole report of it.
    if frame.contains(session_testkit::rules::FAMILY_3.reason()) { Err(text.into()) } else { Ok(()) }
}

pub(crate) fn a_filter_is_told() -> Checked {
    let text = expect(
        run("modest", &["load_2"], &[])?,
        0,
        &["test result: ok. ", "modest: rules kept 1, broken 0"],
    )?;
    expect((Some(0), text), 0, &["(only ", " cases ran)"])?;
    let (code, text) = run("modest", &["--list"], &[])?;
    if code == Some(0) && !text.contains("rules kept") { Ok(()) } else { Err(text.into()) }
}

pub(crate) fn several_stores_have_totals_of_their_own() -> Checked {
    let text = expect(
        run("two", &["load_1"], &[])?,
        101,
        &["modest: rules kept 0", "frozen: rules kept 0, broken 1"],
    )?;
    expect((Some(0), text), 0, &["modest::blocking::load_1", "LOAD-1 is broken"]).map(drop)
}

pub(crate) fn what_is_not_checked_fails_if_asked_to() -> Checked {
    let what = "frozen: rules kept 0, broken 0, claimed away 0, not checked 1";
    let strict = [("SESSION_TEST_STRICT", "1")];
    expect(run("frozen", &["fault_4"], &[])?, 0, &[what, "4 ignored"])?;
    expect(run("frozen", &["fault_4"], &[("SESSION_TEST_STRICT", "0")])?, 0, &[what])?;
    expect(run("frozen", &["fault_4"], &strict)?, 101, &[what, "4 failed", ", strict"])?;
    expect(run("strictly frozen", &["fault_4"], &[])?, 101, &[what, "4 failed", ", strict"])?;
    // What is claimed away passes, and an absent server does not.
    expect(run("modest", &["fault_4"], &strict)?, 0, &["claimed away 1, not checked 0", "4 ignored"])?;
    expect(run("absent", &[], &[])?, 0, &["1 ignored"])?;
    expect(run("absent", &[], &strict)?, 101, &["1 failed"]).map(drop)
}

pub(crate) fn every_line_of_json_is_json() -> Checked {
    let (_, text) = run("cap", &["family_3", "--format", "json"], &[])?;
    let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    let is_object = |line: &&str| line.starts_with('{') && line.ends_with('}');
    let last = lines.last().copied().unwrap_or_default();
    let whole = last.starts_with(r#"{"type":"report","format":1,"#) && last.contains(r#""partial":true"#);
    if whole && lines.iter().all(is_object) { Ok(()) } else { Err(text.into()) }
}

pub(crate) fn reports_are_written_where_it_is_asked_for() -> Checked {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("report-{}", std::process::id()));
    let path = |name: &str| directory.join(name).display().to_string();
    let wanted =
        format!("md:{}, json:{},badge:{}", path("all.md"), path("{store}.json"), path("deep/{store}.badge"));
    run("two", &["load_1"], &[("SESSION_TEST_REPORT", &wanted)])?;
    let read = |name: &str| fs::read_to_string(path(name));
    let all = read("all.md")?;
    let alone = [read("modest.json")?, read("frozen.json")?];
    let badge = read("deep/frozen.badge")?;
    fs::remove_dir_all(&directory)?;
    let right = all.contains("## modest")
        && all.contains("## frozen")
        && alone.iter().all(|text| text.starts_with('{'));
    if !right
        || badge
            != "session-testkit 0.1: 0 rules kept, 1 broken, 0 claimed away, 0 not checked, in a part of the suite\n"
    {
        return Err(format!("{all}\n{alone:?}\n{badge}").into());
    }
    // A mistake in the variable is found before anything runs.
    expect(run("two", &[], &[("SESSION_TEST_REPORT", "html:x")])?, 2, &["md:PATH, json:PATH or badge:PATH"])
        .map(drop)
}
