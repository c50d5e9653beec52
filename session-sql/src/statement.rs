use crate::StatementKind;

/// One statement: its text, and the values for its places.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Statement<'a> {
    /// With a place for each of the parameters.
    pub text: &'a str,
    /// By which a connection finds what it has prepared; `None` if the statement is sent as it is.
    pub kind: Option<StatementKind>,
    /// The values, in the order of their places.
    pub parameters: Vec<Parameter<'a>>,
    /// Whether it changes something, at once outside a transaction.
    pub writes: bool,
    /// Whether it returns rows.
    pub returns_rows: bool,
}

/// The value for one place of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parameter<'a> {
    /// A binary string.
    Bytes(&'a [u8]),
    /// A number of 64 bits.
    Number(i64),
}

impl<'a> Statement<'a> {
    /// A statement that is sent as it is: not every server prepares `BEGIN` and the like.
    pub const fn plain(text: &'a str, writes: bool) -> Self {
        Self { text, kind: None, parameters: Vec::new(), writes, returns_rows: false }
    }
}
