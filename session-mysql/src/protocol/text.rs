/// The text of a statement, and the number by which a connection finds what it has prepared from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) number: usize,
    pub(crate) text: String,
}
