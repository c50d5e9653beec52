/// One statement: its text, which is prepared once on each connection, and what fills its places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement<'a> {
    pub(crate) text: &'a str,
    pub(crate) parameters: Vec<Parameter<'a>>,
    /// Whether it changes something, at once outside a transaction.
    pub(crate) writes: bool,
}

/// What fills a place in a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parameter<'a> {
    Bytes(&'a [u8]),
    Number(i64),
}

impl<'a> Statement<'a> {
    pub(crate) fn read(text: &'a str, parameters: Vec<Parameter<'a>>) -> Self {
        Self { text, parameters, writes: false }
    }

    pub(crate) fn write(text: &'a str, parameters: Vec<Parameter<'a>>) -> Self {
        Self { text, parameters, writes: true }
    }
}
