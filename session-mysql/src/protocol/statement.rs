use super::StatementKind;

/// One statement: its text, and the values for its places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement<'a> {
    pub(crate) text: &'a str,
    /// By which a connection finds what it has prepared; `None` if the statement is sent as it is.
    pub(crate) kind: Option<StatementKind>,
    pub(crate) parameters: Vec<Parameter<'a>>,
    /// Whether it changes something, at once outside a transaction.
    pub(crate) writes: bool,
}

/// The value for one place of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parameter<'a> {
    Bytes(&'a [u8]),
    Number(i64),
}

impl<'a> Statement<'a> {
    /// A statement that is sent as it is: not every server prepares `BEGIN` and the like.
    pub(crate) const fn plain(text: &'a str, writes: bool) -> Self {
        Self { text, kind: None, parameters: Vec::new(), writes }
    }
}
