use std::{borrow::Cow, fmt};

/// A configuration that cannot work: every invalid field at once, each with a sentence that says what would.
///
/// ```
/// use std::time::Duration;
/// use session_core::config::SessionConfig;
///
/// let error = SessionConfig::builder().idle(Duration::ZERO).table("no such").build().unwrap_err();
/// let fields: Vec<_> = error.fields().iter().map(|invalid| invalid.field()).collect();
/// assert_eq!(fields, ["idle", "table"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    fields: Vec<InvalidField>,
}

/// One field of a [`ConfigError`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidField {
    field: &'static str,
    problem: Cow<'static, str>,
}

impl ConfigError {
    /// The invalid fields; never empty. A field with two problems is listed twice.
    #[must_use]
    pub fn fields(&self) -> &[InvalidField] {
        &self.fields
    }
}

impl InvalidField {
    /// The setting as a configuration file names it, `cookie.path` for one inside a table.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        self.field
    }

    /// What is wrong and what would be right. It never contains the secret.
    #[must_use]
    pub fn problem(&self) -> &str {
        &self.problem
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid session configuration: ")?;
        for (position, invalid) in self.fields.iter().enumerate() {
            let separator = if position == 0 { "" } else { "; " };
            write!(f, "{separator}{invalid}")?;
        }
        Ok(())
    }
}

impl fmt::Display for InvalidField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field, self.problem)
    }
}

impl std::error::Error for ConfigError {}

/// The problems found so far.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<InvalidField>);

impl Problems {
    pub(super) fn add(&mut self, field: &'static str, problem: impl Into<Cow<'static, str>>) {
        self.0.push(InvalidField { field, problem: problem.into() });
    }

    /// Adds the problem unless `valid`.
    pub(super) fn require(&mut self, valid: bool, field: &'static str, problem: &'static str) {
        if !valid {
            self.add(field, problem);
        }
    }

    /// Adds the problem unless `valid`; but not if one of the fields it is between is invalid by itself, because the
    /// other one may be as it should.
    pub(super) fn require_between(
        &mut self,
        valid: bool,
        field: &'static str,
        others: &[&str],
        problem: &'static str,
    ) {
        let is_involved = |invalid: &InvalidField| field == invalid.field || others.contains(&invalid.field);
        if !self.0.iter().any(is_involved) {
            self.require(valid, field, problem);
        }
    }

    pub(super) fn into_result(self) -> Result<(), ConfigError> {
        if self.0.is_empty() { Ok(()) } else { Err(ConfigError { fields: self.0 }) }
    }
}
