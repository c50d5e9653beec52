use std::fmt;

use super::{SuiteReport, discreet::publishable, json, markdown, text, without_credentials};

/// The report about all stores of a program.
///
/// It displays as the text that [`main`](crate::main) prints. No form of it has the passwords of URLs. What is made for
/// publishing, Markdown and JSON, has no directories of this machine either.
///
/// ```
/// use session_testkit::{ModelFixture, Suites, rules};
///
/// let report = Suites::new().on(ModelFixture).examine(&[&rules::CREATE_1]);
/// assert!(report.to_string().starts_with("model: rules kept 1, broken 0"));
/// assert!(report.to_markdown().contains("| kept |"));
/// assert!(report.to_json().starts_with(r#"{"type":"report","format":1,"#));
/// ```
#[derive(Debug, Clone)]
pub struct Report {
    pub(super) suites: Vec<SuiteReport>,
    pub(super) is_strict: bool,
}

impl Report {
    pub(crate) const fn new(suites: Vec<SuiteReport>, is_strict: bool) -> Self {
        Self { suites, is_strict }
    }

    /// What was found about the stores of each fixture.
    #[must_use]
    pub fn suites(&self) -> &[SuiteReport] {
        &self.suites
    }

    /// The whole report as Markdown, with every rule and every failure.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = markdown::write(self, &mut out);
        publishable(&out)
    }

    /// The whole report as one line of JSON, without a line feed.
    ///
    /// | field | of | meaning |
    /// |---|---|---|
    /// | `type`, `format` | the report | always `"report"`, and 1 until a field changes its meaning or goes; fields may come |
    /// | `kit`, `crate`, `strict` | the report | the version of the kit, the name of its crate, and whether a case that is not checked fails |
    /// | `suites` | the report | one for each fixture |
    /// | `store`, `seed` | a suite | the name of the fixture, and what `SESSION_TEST_SEED` repeats the run, or `null` if no store could be opened |
    /// | `partial` | a suite | whether cases were filtered out, so that `rules` has only those that ran |
    /// | `totals` | a suite | the numbers of rules: `kept`, `broken`, `claimed_away`, `not_checked` |
    /// | `rules` | a suite | for each rule `rule`, `outcome`, `reason` (or `null`), `sentence`, and the URL `see` |
    /// | `cases` | a suite | for each case `name`, `case`, `api`, the rule that it `checks`, `outcome`, the rule that is `broken` (or `null`), and `reason`: why, or what was seen (or `null`) |
    ///
    /// An outcome is `"kept"`, `"broken"`, `"claimed away"` or `"not checked"`.
    #[must_use]
    pub fn to_json(&self) -> String {
        publishable(&json::line(self))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        text::write(self, &mut out)?;
        f.write_str(&without_credentials(&out))
    }
}
