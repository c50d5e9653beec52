use std::fmt;

/// What came of a probe.
#[derive(Debug, Clone)]
pub(crate) enum Verdict {
    /// As a user would want it.
    Good(String),
    /// Something is lost, late, open or wrong.
    Bad(String),
    /// The question does not apply to this store.
    Meaningless,
}

impl Verdict {
    pub(crate) fn of(good: bool, text: impl Into<String>) -> Self {
        if good { Self::Good(text.into()) } else { Self::Bad(text.into()) }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Good(text) => write!(f, "{text}"),
            Self::Bad(text) => write!(f, "**{text}**"),
            Self::Meaningless => write!(f, "-"),
        }
    }
}
