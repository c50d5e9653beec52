use crate::protocol::text::Text;

/// One statement: its text, which is prepared once on each connection, and what fills its places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement<'a> {
    pub(crate) text: &'a str,
    /// The number of the text, if it is prepared.
    pub(crate) number: Option<usize>,
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
    pub(crate) fn read(text: &'a Text, parameters: Vec<Parameter<'a>>) -> Self {
        Self { text: &text.text, number: Some(text.number), parameters, writes: false }
    }

    pub(crate) fn write(text: &'a Text, parameters: Vec<Parameter<'a>>) -> Self {
        Self { writes: true, ..Self::read(text, parameters) }
    }

    /// One that is sent as it is: not every server prepares `BEGIN` and its like.
    pub(crate) const fn plain(text: &'a str, writes: bool) -> Self {
        Self { text, number: None, parameters: Vec::new(), writes }
    }
}
