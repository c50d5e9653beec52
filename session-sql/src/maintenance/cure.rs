use std::fmt;

use super::Maintained;
use crate::Table;

/// Something in a table that is not as the schema says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    what: String,
    change: Option<String>,
    blocks_writers: bool,
}

/// What makes a table right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cure {
    statements: Vec<String>,
    without_blocking: &'static str,
    blocks_writers: bool,
}

impl Difference {
    /// One that cannot be repaired so that every session stays.
    pub fn incurable(what: impl Into<String>) -> Self {
        Self { what: what.into(), change: None, blocks_writers: false }
    }

    /// One that a change of the table repairs, in the words of [`Maintained::alter`].
    pub fn curable(what: impl Into<String>, change: impl Into<String>) -> Self {
        Self { change: Some(change.into()), ..Self::incurable(what) }
    }

    /// One that the server repairs by copying the table, while every writer waits.
    pub fn curable_by_copy(what: impl Into<String>, change: impl Into<String>) -> Self {
        Self { blocks_writers: true, ..Self::curable(what, change) }
    }

    /// Returns whether the table can be altered so that every session stays.
    #[must_use]
    pub const fn is_curable(&self) -> bool {
        self.change.is_some()
    }

    /// Returns whether the server copies the whole table to repair it, while every writer waits.
    #[must_use]
    pub const fn blocks_writers(&self) -> bool {
        self.blocks_writers
    }

    /// Returns the part of a statement that repairs it.
    #[must_use]
    pub fn change(&self) -> Option<&str> {
        self.change.as_deref()
    }
}

/// Says what was found, and what it must be.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl Cure {
    pub(super) fn create<D: Maintained>(table: &Table) -> Self {
        Self { statements: vec![D::create_table(table)], without_blocking: "", blocks_writers: false }
    }

    /// `None` if nothing is to be repaired, or something cannot be.
    pub(super) fn alter<D: Maintained>(table: &Table, differences: &[Difference]) -> Option<Self> {
        let changes: Vec<&str> = differences.iter().map(Difference::change).collect::<Option<_>>()?;
        let blocks_writers = differences.iter().any(Difference::blocks_writers);
        let statements = D::alter(table, &changes);
        (!changes.is_empty()).then_some(Self {
            statements,
            without_blocking: D::WITHOUT_BLOCKING,
            blocks_writers,
        })
    }

    /// Returns the statements. The server refuses them if they would block writers, unless they `may_block`, or
    /// [must](Self::blocks_writers).
    #[must_use]
    pub fn statements(&self, may_block: bool) -> Vec<String> {
        let end = if may_block || self.blocks_writers { "" } else { self.without_blocking };
        self.statements.iter().map(|statement| format!("{statement}{end}")).collect()
    }

    /// Returns whether the server copies the whole table, while every writer waits.
    #[must_use]
    pub const fn blocks_writers(&self) -> bool {
        self.blocks_writers
    }
}
