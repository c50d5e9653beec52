use crate::Rule;

/// Rules that a subject does not claim to keep, each with the reason.
#[derive(Debug, Clone, Default)]
pub struct Exceptions(Vec<(&'static Rule, String)>);

impl Exceptions {
    /// Adds a rule.
    pub fn add(&mut self, rule: &'static Rule, reason: impl Into<String>) {
        self.0.push((rule, reason.into()));
    }

    /// Returns the reason if the rule is one of these.
    #[must_use]
    pub fn reason(&self, rule: &Rule) -> Option<&str> {
        let found = self.0.iter().find(|(excepted, _)| *excepted == rule);
        found.map(|(_, reason)| reason.as_str())
    }
}
