/// A table as the server describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) engine: String,
    pub(super) comment: String,
    pub(super) columns: Vec<Column>,
    /// The columns of the primary key, in order.
    pub(super) primary: Vec<String>,
    /// The first column of every other index.
    pub(super) indexed: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    /// In lower case, and without the display width that only some servers give to integers.
    pub(super) kind: String,
    pub(super) is_nullable: bool,
    /// Whether a row may be inserted that does not mention it.
    pub(super) has_default: bool,
}

impl Column {
    pub(super) fn new(name: String, kind: &str, is_nullable: bool, has_default: bool) -> Self {
        let kind = kind.to_ascii_lowercase();
        let is_integer = |name: &str| matches!(name, "tinyint" | "bigint");
        let kind = match kind.split_once('(') {
            Some((name, rest)) if is_integer(name) && rest.ends_with(')') => name.to_owned(),
            _ => kind,
        };
        Self { name, kind, is_nullable, has_default }
    }
}
