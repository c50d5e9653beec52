use std::{
    collections::BTreeSet,
    fs,
    path::PathBuf,
    process::{Command, Stdio},
    time::Duration,
};

use crate::Contender;

/// The one that is a workspace of its own.
const APART: &str = "peer-tower-sessions";

/// Builds these contenders, all of a workspace in one go.
pub fn build<'a>(contenders: impl IntoIterator<Item = &'a Contender>) {
    let programs: BTreeSet<_> = contenders.into_iter().map(|contender| contender.program).collect();
    let (apart, together): (Vec<_>, Vec<_>) = programs.into_iter().partition(|program| *program == APART);
    let peers = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    for (programs, manifest) in [(together, "Cargo.toml"), (apart, "tower-sessions/Cargo.toml")] {
        if programs.is_empty() {
            continue;
        }
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--release", "--locked", "--manifest-path", &format!("{peers}/{manifest}")]);
        // All of them are beside this program.
        cargo.arg("--target-dir").arg(path_of("").parent().unwrap());
        let built = cargo.args(programs.iter().flat_map(|program| ["--package", program])).status();
        assert!(built.unwrap().success(), "the contenders do not build");
    }
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

/// Processor time so far of a process and of its children, those that have ended among them.
#[must_use]
pub fn processor_time_of_all(id: u32) -> Duration {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let lines = processes.filter_map(|process| fs::read_to_string(process.path().join("stat")).ok());
    let ticks = lines.filter_map(|line| {
        let fields: Vec<u64> =
            line.rsplit_once(')')?.1.split_whitespace().map(|field| field.parse().unwrap_or(0)).collect();
        let (own, ended) = (fields.get(11)? + fields.get(12)?, fields.get(13)? + fields.get(14)?);
        let is_parent = line.starts_with(&format!("{id} "));
        (is_parent || *fields.get(1)? == u64::from(id)).then_some(if is_parent { own + ended } else { own })
    });
    Duration::from_millis(ticks.sum::<u64>() * 10)
}

/// What is compared, as the lock file has it.
#[must_use]
pub fn versions() -> Vec<String> {
    const WANTED: [&str; 17] = [
        "actix-session",
        "actix-web",
        "axum",
        "axum_session",
        "axum_session_redispool",
        "fred",
        "hyper",
        "mysql_async",
        "redis",
        "rusqlite",
        "libsqlite3-sys",
        "sqlx",
        "tokio",
        "tokio-postgres",
        "tower-sessions",
        "tower-sessions-redis-store",
        "tower-sessions-sqlx-store",
    ];
    let lock = concat!(include_str!("../../Cargo.lock"), include_str!("../../tower-sessions/Cargo.lock"));
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
