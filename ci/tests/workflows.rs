//! The files for GitHub are YAML, and run nothing but the scripts that everybody runs.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test that cannot go on")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use yaml_rust2::{Yaml, YamlLoader};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the folder above `ci`")
}

/// Returns the files of the folder below the root whose names end in `.yml`.
fn files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).expect("the folder");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "yml"));
    assert!(!files.is_empty(), "{folder} is empty");
    files
}

fn parse(file: &Path) -> Yaml {
    let text = fs::read_to_string(file).expect("a file of text");
    let mut documents =
        YamlLoader::load_from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    assert_eq!(documents.len(), 1, "{}", file.display());
    documents.remove(0)
}

fn jobs(workflow: &Yaml) -> impl Iterator<Item = &Yaml> {
    workflow["jobs"].as_hash().expect("jobs").values()
}

fn steps(job: &Yaml) -> &[Yaml] {
    job["steps"].as_vec().expect("steps")
}

#[test]
fn every_step_runs_a_script_of_the_repository() {
    for file in files(".github/workflows") {
        let workflow = parse(&file);
        for step in jobs(&workflow).flat_map(steps) {
            let Some(command) = step["run"].as_str() else {
                assert!(step["uses"].as_str().is_some_and(|action| action.contains("@v")), "{step:?}");
                continue;
            };
            let script = command.split(' ').next().unwrap_or_default();
            let exists = fs::metadata(root().join(script)).is_ok_and(|script| script.is_file());
            assert!(exists || script == "apt-get", "{}: {command}", file.display());
        }
    }
}

#[test]
fn git_works_in_the_container_of_each_job() {
    for file in files(".github/workflows") {
        let workflow = parse(&file);
        assert!(jobs(&workflow).all(|job| !job["container"].is_badvalue()), "{}", file.display());
        assert_eq!(workflow["env"]["GIT_CONFIG_COUNT"].as_i64(), Some(1), "{}", file.display());
        assert_eq!(
            workflow["env"]["GIT_CONFIG_KEY_0"].as_str(),
            Some("safe.directory"),
            "{}",
            file.display()
        );
        assert_eq!(workflow["env"]["GIT_CONFIG_VALUE_0"].as_str(), Some("*"), "{}", file.display());
    }
}

#[test]
fn no_job_may_write_and_each_has_an_end() {
    for file in files(".github/workflows") {
        let workflow = parse(&file);
        let permissions = workflow["permissions"].as_hash().expect("permissions");
        assert!(permissions.iter().all(|(_, may)| may.as_str() == Some("read")), "{}", file.display());
        for job in jobs(&workflow) {
            assert!(job["timeout-minutes"].as_i64().is_some(), "{}: {job:?}", file.display());
            for (name, may) in job["permissions"].as_hash().into_iter().flatten() {
                // The token of the registry is made from that of the job.
                assert!(may.as_str() == Some("read") || name.as_str() == Some("id-token"), "{name:?}");
            }
        }
    }
}

#[test]
fn every_lock_file_is_kept_up_to_date() {
    let config = parse(&root().join(".github/dependabot.yml"));
    let cargo = config["updates"].as_vec().expect("updates").iter();
    let cargo = cargo.filter(|update| update["package-ecosystem"].as_str() == Some("cargo"));
    let mut named: Vec<_> =
        cargo.flat_map(|update| update["directories"].as_vec().expect("directories")).collect();
    named.sort();

    let listed =
        Command::new("git").args(["ls-files", "*Cargo.lock"]).current_dir(root()).output().expect("git");
    let listed = String::from_utf8(listed.stdout).expect("text");
    let mut folders: Vec<_> = listed
        .lines()
        .map(|file| file.trim_end_matches("Cargo.lock").trim_end_matches('/'))
        .map(|folder| Yaml::String(format!("/{folder}")))
        .collect();
    folders.sort();
    assert_eq!(named, folders.iter().collect::<Vec<_>>());
}

#[test]
fn the_templates_ask_for_something() {
    for file in files(".github/ISSUE_TEMPLATE") {
        let template = parse(&file);
        if file.ends_with("config.yml") {
            assert!(template["contact_links"].as_vec().is_some_and(|links| !links.is_empty()));
        } else {
            assert!(template["name"].as_str().is_some() && template["description"].as_str().is_some());
            assert!(template["body"].as_vec().is_some_and(|fields| !fields.is_empty()), "{}", file.display());
        }
    }
}
