use std::{borrow::Cow, fmt};

/// A configuration that cannot work: every invalid field at once, each with a sentence that says what would.
///
/// ```
/// use std::time::Duration;
/// use alo_session::SessionConfig;
///
/// let error = SessionConfig::with(|settings| {
///     settings.idle = Duration::ZERO;
///     settings.table = "no such".to_owned();
/// });
/// let fields: Vec<_> = error.unwrap_err().fields.into_iter().map(|invalid| invalid.field).collect();
/// assert_eq!(fields, ["idle", "table"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConfigError {
    /// The invalid fields; never empty. A field with two problems is listed twice.
    pub fields: Vec<InvalidField>,
}

/// One field of a [`ConfigError`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidField {
    /// The setting as a configuration file names it, `cookie.path` for one inside a table. A variable that is not a
    /// setting is named as it was given.
    pub field: Cow<'static, str>,
    /// The mistake and its cure. It never contains the secret.
    pub problem: Cow<'static, str>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sentence = |InvalidField { field, problem }: &_| format!("{field} {problem}");
        let sentences: Vec<_> = self.fields.iter().map(sentence).collect();
        write!(f, "invalid session configuration: {}", sentences.join("; "))
    }
}

impl std::error::Error for ConfigError {}

/// The problems found so far.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<InvalidField>);

impl Problems {
    pub(super) fn add(&mut self, field: impl Into<Cow<'static, str>>, problem: impl Into<Cow<'static, str>>) {
        self.0.push(InvalidField { field: field.into(), problem: problem.into() });
    }

    /// Adds a problem between two fields; but not if one of them is invalid by itself, because the other one may be as
    /// it should.
    pub(super) fn add_between(&mut self, field: &'static str, other: &str, problem: &'static str) {
        if !self.0.iter().any(|invalid| invalid.field == field || invalid.field == other) {
            self.add(field, problem);
        }
    }

    pub(super) fn into_result(self) -> Result<(), ConfigError> {
        if self.0.is_empty() { Ok(()) } else { Err(ConfigError { fields: self.0 }) }
    }
}
