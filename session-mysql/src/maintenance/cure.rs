use super::Difference;
use crate::Schema;

/// The statement that makes a table right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cure {
    head: String,
    copies: bool,
    alters: bool,
}

impl Cure {
    pub(super) fn create(schema: &Schema) -> Self {
        Self { head: schema.create_table(), copies: false, alters: false }
    }

    /// `None` if nothing is to be repaired, or something cannot be.
    pub(super) fn alter(schema: &Schema, differences: &[Difference]) -> Option<Self> {
        let changes: Option<Vec<_>> =
            differences.iter().map(|difference| difference.change.as_ref()).collect();
        let changes = changes.filter(|changes| !changes.is_empty())?;
        let clauses: Vec<&str> = changes.iter().map(|change| &*change.clause).collect();
        let head = format!("ALTER TABLE {} {}", schema.quoted(), clauses.join(", "));
        Some(Self { head, copies: changes.iter().any(|change| change.copies), alters: true })
    }

    /// Returns the statement. The server refuses it if it would block writers, unless
    /// [`blocks_writers`](Self::blocks_writers).
    #[must_use]
    pub fn statement(&self) -> String {
        if self.alters && !self.copies {
            return format!("{}, ALGORITHM=INPLACE, LOCK=NONE", self.head);
        }
        self.head.clone()
    }

    /// Returns the statement that the server may carry out as slowly as it must.
    #[must_use]
    pub fn blocking_statement(&self) -> &str {
        &self.head
    }

    /// Returns whether the server copies the whole table, while every writer waits.
    #[must_use]
    pub const fn blocks_writers(&self) -> bool {
        self.copies
    }

    pub(super) const fn alters(&self) -> bool {
        self.alters
    }
}
