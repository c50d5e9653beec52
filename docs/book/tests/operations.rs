//! What operators get fits the code: names of metrics and of their labels, URLs of stores, rights, units.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that cannot go on says why"
)]

mod code;

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use alo_session::{SessionConfig, open, redis::acl_rules};
use yaml_rust2::{Yaml, YamlLoader};

fn file(name: &str) -> String {
    fs::read_to_string(folder().join(name)).expect("a file for operators")
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../operations")
}

/// The expressions of the dashboard and of the alerts.
fn expressions() -> [Vec<String>; 2] {
    let dashboard: serde_json::Value = serde_json::from_str(&file("grafana.json")).expect("JSON");
    let mut shown = Vec::new();
    for panel in dashboard["panels"].as_array().expect("panels") {
        assert!(
            panel["description"].as_str().is_some_and(|text| text.len() > 10),
            "{} says nothing",
            panel["title"]
        );
        for target in panel["targets"].as_array().expect("targets") {
            shown.push(target["expr"].as_str().expect("an expression").to_owned());
        }
    }
    let rules = YamlLoader::load_from_str(&file("alerts.yml")).expect("YAML");
    let rules = rules[0]["groups"][0]["rules"].as_vec().expect("rules");
    let alerts = rules.iter().map(|rule| {
        let name = rule["alert"].as_str().expect("a name");
        let texts = [
            &rule["for"],
            &rule["labels"]["severity"],
            &rule["annotations"]["summary"],
            &rule["annotations"]["description"],
        ];
        assert!(texts.iter().all(|text| text.as_str().is_some()), "{name} lacks something that an alert has");
        rule["expr"].as_str().expect("an expression").to_owned()
    });
    [shown, alerts.collect()]
}

/// The names in an expression that begin like ours, as the crate `metrics` knows them. A histogram has series of other names.
fn metrics(expression: &str, sources: &[String]) -> BTreeSet<String> {
    let names = expression.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    let names = names.filter(|name| name.starts_with("session_"));
    let histograms = code::histograms(sources);
    let known =
        names.map(|name| match ["_bucket", "_count", "_sum"].iter().find_map(|end| name.strip_suffix(end)) {
            Some(histogram) if histograms.contains(histogram) => histogram.to_owned(),
            _ if histograms.contains(name) => format!("{name}, which has no series of its own"),
            _ => name.to_owned(),
        });
    known.collect()
}

#[test]
fn dashboard_and_alerts_have_each_metric_and_no_other() {
    let sources = code::sources();
    let known = code::metrics(&sources);
    for expressions in expressions() {
        let used: BTreeSet<_> =
            expressions.iter().flat_map(|expression| metrics(expression, &sources)).collect();
        assert_eq!(used, known);
    }
}

/// The words for which `label` is compared in an expression.
fn compared<'a>(expression: &'a str, label: &str) -> BTreeSet<&'a str> {
    let starts = [format!("{label}=\""), format!("{label}=~\"")];
    let texts = starts
        .iter()
        .flat_map(|start| expression.split(&**start).skip(1))
        .filter_map(|rest| rest.split('"').next());
    texts.flat_map(|text| text.split('|')).filter(|word| !word.starts_with('$')).collect()
}

#[test]
fn dashboard_and_alerts_compare_with_labels_that_exist() {
    let core = code::sources_of("session-core");
    let words_of = |start: &str| -> BTreeSet<&str> {
        let function = core
            .iter()
            .find_map(|text| text.split(start).nth(1))
            .expect("the function that names the labels");
        let body = function.split("\n    }\n").next().unwrap_or_default();
        body.split("=> \"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
    };
    let operations = words_of("The name of its method, as logs and metrics show it.");
    let kinds = words_of("Returns the kind in one word, as events and metrics label it.");
    let answers = words_of("pub fn label(&self) -> &'static str {");
    assert!(
        operations.len() == 9 && kinds.len() > 9 && answers.len() > 9,
        "{operations:?} {kinds:?} {answers:?}"
    );
    for expression in expressions().iter().flatten() {
        assert!(compared(expression, "operation").is_subset(&operations), "no such operation: {expression}");
        let outcomes = compared(expression, "outcome");
        assert!(
            outcomes.iter().all(|word| kinds.contains(word) || answers.contains(word)),
            "no such outcome: {expression}"
        );
        // Whoever counts failures counts each kind.
        assert!(
            !outcomes.contains("other") || kinds.is_subset(&outcomes),
            "a kind of failure is left out: {expression}"
        );
    }
}

#[test]
fn the_account_of_redis_is_the_one_that_the_store_needs() {
    let rules = acl_rules(&SessionConfig::default().prefix);
    assert_eq!(file("redis_users.acl"), format!("user default off\nuser shop on >PASSWORD {rules}\n"));
}

/// Whether a store can be opened by this URL, once its file of credentials is one that is here.
fn opens(url: &str, credentials: &str) -> bool {
    let here = env::temp_dir().join(format!("session-book-{}", std::process::id()));
    fs::create_dir_all(&here).expect("a folder");
    let name = url.split(credentials).nth(1).unwrap_or("none");
    fs::write(here.join(name), "secret").expect("a file");
    let url = url.replace(credentials, &format!("{}/", here.display()));
    let opened = open(&url, &SessionConfig::default());
    fs::remove_dir_all(here).expect("the folder");
    opened.map_err(|error| println!("{url}: {error}")).is_ok()
}

/// The only document of a file, or each.
fn documents(name: &str) -> Vec<Yaml> {
    YamlLoader::load_from_str(&file(name)).expect("YAML")
}

#[test]
fn compose_and_kubernetes_keep_passwords_in_files() {
    let compose = &documents("compose.yaml")[0];
    let services = compose["services"].as_hash().expect("services");
    let mut stores = 0;
    for (name, service) in services {
        if let Some(url) = service["environment"]["SESSION_STORE"].as_str() {
            stores += 1;
            let secret = service["secrets"][0].as_str().expect("a secret");
            assert!(url.ends_with(&format!("=/run/secrets/{secret}")), "{url} of {name:?}");
            assert!(opens(url, "/run/secrets/"), "{url} of {name:?}");
        } else {
            assert!(service["healthcheck"]["test"].as_vec().is_some(), "{name:?} says nothing of its health");
            let image = service["image"].as_str().expect("an image");
            assert!(image.contains(':') && !image.ends_with("latest"), "{image} is another one tomorrow");
        }
        let variables = service["environment"].as_hash().into_iter().flatten();
        let secrets =
            variables.filter(|(name, _)| name.as_str().is_some_and(|name| name.contains("PASSWORD")));
        for (variable, value) in secrets {
            assert!(variable.as_str().is_some_and(|name| name.ends_with("_FILE")), "{variable:?} is no file");
            let file = value.as_str().and_then(|path| path.strip_prefix("/run/secrets/")).expect("a secret");
            assert!(!compose["secrets"][file].is_badvalue(), "{file} is no secret");
        }
    }
    assert_eq!(stores, 3);

    let documents = documents("kubernetes.yaml");
    let pod = &documents[0]["spec"]["template"]["spec"];
    let container = &pod["containers"][0];
    for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
        assert_eq!(container[probe]["httpGet"]["path"].as_str(), Some("/health"), "{probe}");
    }
    let (url, mounted) = (&container["env"][0]["value"], &container["volumeMounts"][0]);
    let mounted = format!("{}/", mounted["mountPath"].as_str().expect("a path"));
    assert!(opens(url.as_str().expect("a URL"), &mounted), "{url:?}");
    assert!(!pod["volumes"][0]["secret"]["secretName"].is_badvalue());
}

#[test]
fn units_start_programs_with_credentials() {
    let units = ["shop.service", "session-gc.service", "session-gc.timer"].map(|name| (name, file(name)));
    let urls = units[0]
        .1
        .lines()
        .filter_map(|line| line.trim_start_matches("# ").strip_prefix("Environment=SESSION_STORE="));
    let urls: Vec<_> =
        urls.map(|url| url.replace("%S/shop/", &format!("{}/", env::temp_dir().display()))).collect();
    assert_eq!(urls.len(), 2);
    for url in &urls {
        assert!(opens(url, "%d/"), "{url}");
    }
    let Ok(version) = Command::new("systemd-analyze").arg("--version").output() else {
        return println!("there is no systemd-analyze here");
    };
    assert!(version.status.success());
    let here = env::temp_dir().join(format!("session-book-units-{}", std::process::id()));
    fs::create_dir_all(&here).expect("a folder");
    for (name, text) in &units {
        // The program itself is not here.
        let text = text
            .replace("/usr/local/bin/shop", "/bin/true")
            .replace("/usr/local/bin/session-setup", "/bin/true");
        fs::write(here.join(name), text).expect("a unit");
    }
    let files = units.map(|(name, _)| here.join(name));
    let verified =
        Command::new("systemd-analyze").arg("verify").args(files).output().expect("systemd-analyze");
    fs::remove_dir_all(here).expect("the folder");
    let said = String::from_utf8_lossy(&verified.stderr);
    // It looks at the units of this machine as well.
    let ours: Vec<_> =
        said.lines().filter(|line| line.contains("shop.") || line.contains("session-gc.")).collect();
    assert!(ours.is_empty(), "{ours:?}");
}
