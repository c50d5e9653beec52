use crate::Rule;

/// What the reports of a kit say about the kit itself.
#[derive(Debug)]
#[allow(clippy::exhaustive_structs, reason = "both kits are of this workspace")]
pub struct Kit {
    /// The name of its crate.
    pub name: &'static str,
    /// The version of its crate.
    pub version: &'static str,
    /// What is checked, as in "no store could be opened".
    pub subject: &'static str,
    /// What is done to it before any case, as in "no store could be opened".
    pub opened: &'static str,
    /// What the rules are about, as in "Rules of session stores".
    pub title: &'static str,
    /// Returns all rules, in their order.
    pub rules: fn() -> Vec<&'static Rule>,
}
