//! What programs read, and where the URL comes from.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod support;

use std::{collections::BTreeSet, fs};

use serde_json::Value;
use session_testservers::{MariaDb, RedisServer};
use support::{run, run_with_input};

const README: &str = include_str!("../README.md");

fn json(url: &str, args: &[&str], code: i32) -> Value {
    let ran = run(url, &[args, &["--json"]].concat());
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(code), ""), "{ran:?}");
    serde_json::from_str(&ran.stdout).unwrap()
}

fn level(report: &Value, name: &str) -> Option<String> {
    let findings = report["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["name"] == name);
    found.map(|finding| finding["level"].as_str().unwrap().to_owned())
}

/// The names in the first column of the table in the documentation.
fn documented() -> BTreeSet<&'static str> {
    let rows = README.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    rows.map(|(name, _)| name).collect()
}

fn assert_documented(report: &Value) {
    let documented = documented();
    for finding in report["findings"].as_array().unwrap() {
        let name = finding["name"].as_str().unwrap();
        assert!(documented.contains(name), "{name} is not in the README: {documented:?}");
        assert!(["ok", "unknown", "warning", "problem"].contains(&finding["level"].as_str().unwrap()));
        assert!(
            finding["seen"].is_string() && (finding["advice"].is_string() || finding["advice"].is_null())
        );
    }
}

#[test]
fn findings_have_names_that_stay() {
    let server = RedisServer::builder().config("appendonly yes").config("maxmemory 100mb").start().unwrap();
    let report = json(&server.url(), &["redis", "--scan"], 0);
    assert_documented(&report);
    assert_eq!(
        (&report["ok"], &report["format"], &report["applied"]),
        (&true.into(), &1.into(), &false.into())
    );
    let product = report["server"].as_str().unwrap();
    assert!(["Redis ", "Valkey "].iter().any(|name| product.starts_with(name)), "{product}");
    assert!(report["account"].is_string());
    for name in [
        "version",
        "eviction",
        "memory",
        "persistence",
        "replication",
        "clients",
        "latency",
        "sessions",
        "trial",
    ] {
        assert_eq!(level(&report, name).as_deref(), Some("ok"), "{name}: {report:#}");
    }
    server.command(&["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]).unwrap();
    assert_eq!(level(&json(&server.url(), &["redis"], 0), "eviction").as_deref(), Some("warning"));
    let strict = json(&server.url(), &["redis", "--strict"], 1);
    assert_eq!(strict["ok"], false);

    let database = MariaDb::start().unwrap();
    let planned = json(&database.url(), &["mysql"], 1);
    assert_documented(&planned);
    assert_eq!(planned["statements"].as_array().unwrap().len(), 1);
    assert_eq!((level(&planned, "table").as_deref(), &planned["applied"]), (Some("problem"), &false.into()));
    let applied = json(&database.url(), &["mysql", "--apply"], 0);
    assert_documented(&applied);
    assert_eq!((level(&applied, "trial").as_deref(), &applied["applied"]), (Some("ok"), &true.into()));
}

#[test]
fn a_program_also_reads_that_there_is_no_server() {
    for command in ["redis", "mysql"] {
        let scheme = if command == "redis" { "redis" } else { "mysql" };
        let report = json(&format!("{scheme}://u:sesame@127.0.0.1:1/"), &[command], 1);
        assert_documented(&report);
        assert_eq!(level(&report, "server").as_deref(), Some("problem"));
        assert!(!report.to_string().contains("sesame"), "{report}");
    }
}

#[test]
fn the_url_may_be_in_a_file_or_on_standard_input() {
    let server = RedisServer::start().unwrap();
    let directory = std::env::temp_dir().join(format!("session-setup-url-{}", std::process::id()));
    fs::create_dir_all(&directory).unwrap();
    let file = directory.join("url");
    fs::write(&file, format!("{}\n", server.url())).unwrap();
    let file = file.to_str().unwrap();
    // The file goes before the variable.
    let ran = run("redis://127.0.0.1:1/", &["redis", "--url-file", file]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let ran = run_with_input("", &["redis", "--url-file", "-"], &format!("{}\r\n", server.url()));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    fs::write(file, "\n").unwrap();
    for (path, text) in [(file, "first line is empty"), ("/nowhere/url", "/nowhere/url: ")] {
        let ran = run("", &["redis", "--url-file", path]);
        assert!(ran.code == Some(1) && ran.stderr.contains(text), "{ran:?}");
    }
    fs::remove_dir_all(directory).unwrap();
    let ran = run("", &["redis"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("the URL is missing"), "{ran:?}");
}

#[test]
fn what_is_printed_names_the_database_and_the_table_of_the_url() {
    let url = "mysql://u:sesame@nowhere.invalid/shop?table=mine";
    let ran = run(url, &["mysql", "--print", "--event"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(ran.stdout.matches("`shop`.`mine`").count(), 5, "{}", ran.stdout);
    assert!(
        ran.stdout.contains("`shop`.`mine_gc`") && !ran.stdout.contains("alo_session`"),
        "{}",
        ran.stdout
    );
    assert!(!ran.stdout.contains("sesame"));
    let other = run(url, &["mysql", "--print", "--table", "other.yours"]);
    assert!(other.stdout.contains("`other`.`yours`") && !other.stdout.contains("mine"), "{}", other.stdout);
    assert_eq!(run("mysql://u:sesame@h/d?tabel=x", &["mysql", "--print"]).code, Some(1));
}
