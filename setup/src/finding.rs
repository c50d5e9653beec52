use std::fmt;

use serde_json::{Value, json};

/// One thing that was looked at, and what an operator should know about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// How much it matters.
    pub(crate) level: Level,
    /// What was looked at, in one word that stays the same from release to release.
    pub(crate) name: &'static str,
    /// What was found, and what that means for sessions.
    pub(crate) seen: String,
    /// What to do about it, as a command if there is one.
    pub(crate) advice: Option<String>,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// As it should be.
    Fine,
    /// It could not be looked at.
    Unknown,
    /// Sessions work, but may be lost in a way that can be avoided.
    Warning,
    /// Sessions do not work, or will stop working.
    Problem,
}

impl Finding {
    pub(crate) fn fine(name: &'static str, seen: impl Into<String>) -> Self {
        Self { level: Level::Fine, name, seen: seen.into(), advice: None }
    }

    pub(crate) fn unknown(name: &'static str, seen: impl Into<String>) -> Self {
        Self { level: Level::Unknown, ..Self::fine(name, seen) }
    }

    pub(crate) fn warning(name: &'static str, seen: impl Into<String>, advice: &str) -> Self {
        let advice = (!advice.is_empty()).then(|| advice.to_owned());
        Self { level: Level::Warning, advice, ..Self::fine(name, seen) }
    }

    pub(crate) fn problem(name: &'static str, seen: impl Into<String>, advice: &str) -> Self {
        Self { level: Level::Problem, ..Self::warning(name, seen, advice) }
    }

    /// The same, said of one server among several.
    pub(crate) fn at(mut self, server: &str) -> Self {
        self.seen = format!("{server}: {}", self.seen);
        self
    }

    pub(crate) fn json(&self) -> Value {
        json!({ "name": self.name, "level": self.level.word(), "seen": self.seen, "advice": self.advice })
    }
}

impl Level {
    const fn word(self) -> &'static str {
        match self {
            Self::Fine => "ok",
            Self::Unknown => "unknown",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Unknown => "?",
            Self::Problem => "PROBLEM",
            level => level.word(),
        })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<8} {:<12} {}", self.level, self.name, self.seen)?;
        match &self.advice {
            Some(advice) => write!(f, "\n{:21} do: {advice}", ""),
            None => Ok(()),
        }
    }
}
