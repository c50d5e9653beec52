/// What survives a power loss. A killed program loses nothing with either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Synchronous {
    /// Everything that was answered: each transaction is on the disk before its requests are told so.
    #[default]
    Full,
    /// The file stays whole, and what was answered in the last seconds may be undone, sign-outs too: the disk is waited for
    /// only when the log is merged into the file.
    Normal,
}

impl Synchronous {
    pub(crate) fn of(word: &str) -> Option<Self> {
        [Self::Full, Self::Normal].into_iter().find(|known| known.word().eq_ignore_ascii_case(word))
    }

    /// The word in a URL and in SQL.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Normal => "normal",
        }
    }
}
