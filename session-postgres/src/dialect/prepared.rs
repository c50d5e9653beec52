/// Whether a connection prepares its statements.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Prepared {
    /// If the server is at the other end of this very connection. Behind a pooler, the name of a prepared statement may mean
    /// another statement at the next use.
    #[default]
    Auto,
    Always,
    Never,
}

impl Prepared {
    pub(crate) fn of(text: &str) -> Option<Self> {
        match text {
            "auto" => Some(Self::Auto),
            "always" => Some(Self::Always),
            "never" => Some(Self::Never),
            _ => None,
        }
    }
}
