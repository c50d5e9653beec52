use std::{
    collections::BTreeSet,
    fs,
    path::PathBuf,
    process::{Command, Stdio},
    time::Duration,
};

use crate::Contender;

/// Builds these contenders, in one go.
pub fn build<'a>(contenders: impl IntoIterator<Item = &'a Contender>) {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--release", "--locked", "--manifest-path", manifest]);
    let packages = contenders.into_iter().flat_map(|contender| ["--package", contender.program]);
    let built = cargo.args(packages).status();
    assert!(built.unwrap().success(), "the contenders do not build");
}

/// Where the program of this name is: beside this one.
pub(crate) fn path_of(program: &str) -> PathBuf {
    std::env::current_exe().unwrap().parent().unwrap().join(program)
}

/// Processor time of a process so far, to a hundredth of a second.
///
/// # Panics
/// If there is no such process.
#[must_use]
pub fn processor_time(id: u32) -> Duration {
    // Fields 14 and 15 of the line, counted behind the name in brackets.
    let line = fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    let fields = line.rsplit_once(')').unwrap().1.split_whitespace();
    let ticks: u64 = fields.skip(11).take(2).map(|field| field.parse::<u64>().unwrap()).sum();
    Duration::from_millis(ticks * 10)
}

/// What is compared, as the lock file has it.
#[must_use]
pub fn versions() -> Vec<String> {
    const WANTED: [&str; 14] = [
        "actix-session",
        "actix-web",
        "axum",
        "axum_session",
        "axum_session_redispool",
        "fred",
        "hyper",
        "mysql_async",
        "redis",
        "sqlx",
        "tokio",
        "tower-sessions",
        "tower-sessions-redis-store",
        "tower-sessions-sqlx-store",
    ];
    let lock = include_str!("../../Cargo.lock");
    let value =
        |line: &str, key: &str| Some(line.strip_prefix(key)?.trim_matches(['"', ' ', '=']).to_owned());
    let lines: Vec<&str> = lock.lines().collect();
    let pairs = lines.windows(2).filter_map(|pair| match pair {
        [first, second] => Some((value(first, "name")?, value(second, "version")?)),
        _ => None,
    });
    let found = pairs.filter(|(name, _)| WANTED.contains(&name.as_str()));
    found.map(|(name, version)| format!("{name} {version}")).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The machine and what runs on it.
#[must_use]
pub fn machine() -> Vec<String> {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("");
    let count = cpus.lines().filter(|line| line.starts_with("processor")).count();
    let load = fs::read_to_string("/proc/loadavg").unwrap();
    vec![
        format!("{count} cores, {}", model.trim_matches([' ', '\t', ':'])),
        format!("Linux {}", said("uname", &["-r"])),
        said(env!("CARGO").trim_end_matches("cargo").to_owned() + "rustc", &["--version"]),
        format!("load average of the last minute before the start {}", load.split(' ').next().unwrap_or("")),
    ]
}

fn said(program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).stderr(Stdio::null()).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}
