use crate::Rule;

/// What a store claims to keep. Whatever is claimed is checked, and a false claim fails.
///
/// ```
/// use session_testkit::{Claims, rules};
///
/// let claims = Claims::everything()
///     .native_expiry()
///     .except(&rules::FAMILY_3, "the database has no transactions over several keys");
/// # let _ = claims;
/// ```
#[derive(Debug, Clone, Default)]
pub struct Claims {
    pub(crate) native_expiry: bool,
    exceptions: Vec<(&'static Rule, String)>,
}

impl Claims {
    /// Every rule of the contract, and nothing beyond it.
    #[must_use]
    pub fn everything() -> Self {
        Self::default()
    }

    /// The store removes what has expired by itself, so that `sweep` always answers 0.
    #[must_use]
    pub const fn native_expiry(mut self) -> Self {
        self.native_expiry = true;
        self
    }

    /// All but this rule, whose cases are reported as ignored with the reason. Say the same in the store's own
    /// documentation: whoever picks the store relies on the rule.
    #[must_use]
    pub fn except(mut self, rule: &'static Rule, reason: impl Into<String>) -> Self {
        self.exceptions.push((rule, reason.into()));
        self
    }

    pub(crate) fn exception(&self, rule: &Rule) -> Option<&str> {
        let found = self.exceptions.iter().find(|(excepted, _)| *excepted == rule);
        found.map(|(_, reason)| reason.as_str())
    }
}
