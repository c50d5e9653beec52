use std::fmt;

/// A promise of every store, of the sessions over it, or of a driver: a stable name, a sentence and a reason.
///
/// ```
/// use session_testkit::rules;
///
/// assert_eq!(rules::COMMIT_5.to_string(), "COMMIT-5: An equal payload is still a write, not `Gone`.");
/// assert!(rules::COMMIT_5.documented_at().ends_with("#commit"));
/// ```
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    pub(crate) name: &'static str,
    pub(crate) sentence: &'static str,
    pub(crate) reason: &'static str,
    /// The crate that explains it.
    pub(crate) home: &'static str,
}

impl Rule {
    /// A rule that this crate explains. For the kits of this workspace.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        home: &'static str,
        name: &'static str,
        sentence: &'static str,
        reason: &'static str,
    ) -> Self {
        Self { name, sentence, reason, home }
    }

    /// The stable name, such as `CREATE-1`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The sentence of the rule.
    #[must_use]
    pub const fn sentence(&self) -> &'static str {
        self.sentence
    }

    /// The reason for the rule.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        self.reason
    }

    /// The URL of the explanation: in the contract, or in a kit.
    #[must_use]
    pub fn documented_at(&self) -> String {
        if self.home != "session-core" {
            let (home, path) = (self.home, self.home.replace('-', "_"));
            let constant = self.name.replace('-', "_");
            return format!("https://docs.rs/{home}/latest/{path}/rules/constant.{constant}.html");
        }
        let section = match self.name.split('-').next() {
            Some("TTL" | "SWEEP") => "ttl-sweep".to_owned(),
            group => group.unwrap_or_default().to_lowercase(),
        };
        format!("https://docs.rs/session-core/latest/session_core/store/contract/index.html#{section}")
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.sentence)
    }
}
