//! Reads a file or variables. Each value that is given is put into the serialized form of a preset, which is then read
//! as a whole: no setting is listed here a second time, and every wrong one is found.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::{Value, json};

use super::{
    ConfigError, FingerprintSettings, SessionConfig, Settings,
    error::Problems,
    node::{Node, Table},
};

impl<'de> Deserialize<'de> for SessionConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let file = Table::deserialize(deserializer)?;
        let preset = file.0.iter().find_map(|(name, value)| (name == "preset").then(|| value.clone().into()));
        let mut draft = Draft::new(preset.unwrap_or_default());
        for (name, value) in draft.without_repetitions(&[], file) {
            match (&*name, value) {
                ("preset", _) => {}
                ("secret", Node::Value(text @ Value::String(_))) => {
                    draft.set(&["secrets"], vec![json!([text])]);
                }
                (_, value) => draft.read(&name_of_original(&name, &value), value),
            }
        }
        draft.finish().map_err(D::Error::custom)
    }
}

impl SessionConfig {
    /// The settings that these variables give, the defaults for the others: `SHOP_SESSION_IDLE=30m`,
    /// `SHOP_SESSION_COOKIE_NAME=shop`, `SHOP_SESSION_FINGERPRINT_PROPERTIES=user_agent,dnt` and
    /// `SHOP_SESSION_PRESET=hardened` for the prefix `SHOP_SESSION_`. Variables without the prefix are ignored.
    ///
    /// ```
    /// let config = alo_session::SessionConfig::from_vars("SHOP_SESSION_", std::env::vars())?;
    /// # Ok::<(), alo_session::config::ConfigError>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Settings::check`], and for a variable with the prefix that is not a setting.
    pub fn from_vars(
        prefix: &str,
        vars: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let setting = |name: &str| name.strip_prefix(prefix).map(str::to_ascii_lowercase);
        let vars = vars.into_iter().filter_map(|(name, text)| Some((setting(&name)?, name, text)));
        let (presets, vars): (Vec<_>, Vec<_>) = vars.partition(|(setting, ..)| setting == "preset");
        let mut draft =
            Draft::new(presets.into_iter().map(|(.., text)| text.into()).next().unwrap_or_default());
        for (setting, name, text) in vars {
            if setting == "secret" {
                draft.set(&["secrets"], vec![json!([text])]);
                continue;
            }
            // The name of a table has no underscore.
            let paths = [vec![&*setting], setting.splitn(2, '_').collect()];
            match paths.iter().find(|path| draft.slot(path).is_some_and(|slot| !slot.is_object())) {
                Some(path) => draft.set(path, spellings(text)),
                None => draft.problems.add(name, "is not a setting"),
            }
        }
        draft.finish()
    }
}

/// The path of a setting that the PHP original called by this name.
fn name_of_original<'a>(name: &'a str, value: &Node) -> Vec<&'a str> {
    match name {
        "timeout" => vec!["idle"],
        "sessionAlgo" => vec!["algorithm"],
        "cookie" if value.is_text() => vec!["cookie", "name"],
        "secure" => vec!["cookie", "secure"],
        "fingerprint" if value.is_text() => vec!["fingerprint_key"],
        "tokenKey" => vec!["token_key"],
        "gc" => vec!["sweep_one_in"],
        "secret" => vec!["secrets"],
        "saveCLI" => vec!["save_outside_http"],
        _ => vec![name],
    }
}

const GIVEN_TWICE: &str = "is given twice: leave one of them out";

/// What a variable may mean: a text, a number, a flag, a list.
fn spellings(text: String) -> Vec<Value> {
    let number = text.parse::<u64>().ok().map(Value::from);
    let flag = text.parse::<bool>().ok().map(Value::from);
    let list = text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect();
    [Some(Value::from(text)), number, flag, Some(list)].into_iter().flatten().collect()
}

const FINGERPRINT_PRESET: [&str; 2] = ["fingerprint", "preset"];

struct Draft {
    /// The settings as serde writes them, those that are `None` included.
    form: Value,
    given: BTreeSet<String>,
    problems: Problems,
}

impl Draft {
    fn new(preset: Value) -> Self {
        let mut problems = Problems::default();
        let config = match preset.as_str() {
            Some("website") => SessionConfig::website(),
            Some("hardened") => SessionConfig::hardened(),
            Some("default") => SessionConfig::default(),
            _ => {
                if !preset.is_null() {
                    problems.add("preset", "must be default, website or hardened");
                }
                SessionConfig::default()
            }
        };
        let mut form = serde_json::to_value(config).unwrap_or_default();
        // No setting, but a name that may be given like one.
        if let Some(Value::Object(fingerprint)) = form.get_mut("fingerprint") {
            fingerprint.insert("preset".to_owned(), Value::Null);
        }
        Self { form, given: BTreeSet::new(), problems }
    }

    fn slot(&mut self, path: &[&str]) -> Option<&mut Value> {
        path.iter().try_fold(&mut self.form, |table, name| table.get_mut(*name))
    }

    /// Reads a value of a file, in which null counts as left out.
    fn read(&mut self, path: &[&str], value: Node) {
        match (self.slot(path), value) {
            (None, _) => self.problems.add(path.join("."), "is not a setting"),
            (Some(_), Node::Value(Value::Null)) => {}
            (Some(Value::Object(_)), Node::Table(table)) => {
                for (name, value) in self.without_repetitions(path, table) {
                    self.read(&[path, &[&*name]].concat(), value);
                }
            }
            (Some(Value::Object(_)), _) => self.problems.add(path.join("."), "must be a table of settings"),
            (Some(_), value) => self.set(path, vec![value.into()]),
        }
    }

    /// Refuses names that stand twice in a table, which most readers of JSON do not see.
    fn without_repetitions(&mut self, path: &[&str], Table(table): Table) -> Vec<(String, Node)> {
        let mut names = BTreeSet::new();
        let (first, repeated): (Vec<_>, Vec<_>) =
            table.into_iter().partition(|(name, _)| names.insert(name.clone()));
        for (name, _) in repeated {
            self.problems.add([path, &[&*name]].concat().join("."), GIVEN_TWICE);
        }
        first
    }

    /// Sets a setting to the first of the spellings that its type takes.
    fn set(&mut self, path: &[&str], spellings: Vec<Value>) {
        let field = path.join(".");
        if !self.given.insert(field.clone()) {
            return self.problems.add(field, GIVEN_TWICE);
        }
        if path == FINGERPRINT_PRESET {
            return self
                .slot(path)
                .map_or((), |slot| *slot = spellings.into_iter().next().unwrap_or_default());
        }
        let tree = |value| path.iter().rev().fold(value, |value, name| json!({ *name: value }));
        let mut refusals = Vec::new();
        for spelling in spellings {
            match Settings::deserialize(tree(spelling.clone())) {
                Ok(_) => return self.slot(path).map_or((), |slot| *slot = spelling),
                Err(error) => refusals.push(format!("has an {error}")),
            }
        }
        self.problems.add(field, refusals.into_iter().next().unwrap_or_default());
    }

    /// Replaces the settings of the fingerprint that are not given by those of the preset that is.
    fn use_fingerprint_preset(&mut self) {
        let Some(Value::Object(fingerprint)) = self.form.get_mut("fingerprint") else { return };
        let preset = match fingerprint.remove("preset") {
            Some(Value::String(name)) if name == "original" => FingerprintSettings::original(),
            Some(Value::String(name)) if name == "default" => FingerprintSettings::default(),
            None | Some(Value::Null) => return,
            Some(_) => return self.problems.add("fingerprint.preset", "must be default or original"),
        };
        let Ok(Value::Object(preset)) = serde_json::to_value(preset) else { return };
        let given = |name: &str| self.given.contains(&format!("fingerprint.{name}"));
        fingerprint.extend(preset.into_iter().filter(|(name, _)| !given(name)));
    }

    fn finish(mut self) -> Result<SessionConfig, ConfigError> {
        self.use_fingerprint_preset();
        let settings = Settings::deserialize(self.form).unwrap_or_else(|error| {
            self.problems.add("preset", format!("has an {error}"));
            Settings::default()
        });
        settings.check_after(self.problems)
    }
}
