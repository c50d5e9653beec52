use std::fmt;

/// One thing that was looked at, and what an operator should know about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// How much it matters.
    pub(crate) level: Level,
    /// What was looked at, in one word.
    pub(crate) subject: &'static str,
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
    pub(crate) fn fine(subject: &'static str, seen: impl Into<String>) -> Self {
        Self { level: Level::Fine, subject, seen: seen.into(), advice: None }
    }

    pub(crate) fn unknown(subject: &'static str, seen: impl Into<String>) -> Self {
        Self { level: Level::Unknown, ..Self::fine(subject, seen) }
    }

    pub(crate) fn warning(subject: &'static str, seen: impl Into<String>, advice: &str) -> Self {
        Self { level: Level::Warning, advice: Some(advice.to_owned()), ..Self::fine(subject, seen) }
    }

    pub(crate) fn problem(subject: &'static str, seen: impl Into<String>, advice: &str) -> Self {
        Self { level: Level::Problem, ..Self::warning(subject, seen, advice) }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Fine => "ok",
            Self::Unknown => "?",
            Self::Warning => "warning",
            Self::Problem => "PROBLEM",
        })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<8} {:<12} {}", self.level, self.subject, self.seen)?;
        match &self.advice {
            Some(advice) => write!(f, "\n{:21} do: {advice}", ""),
            None => Ok(()),
        }
    }
}
