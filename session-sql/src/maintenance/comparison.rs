use super::{Cure, Difference, Maintained};
use crate::{Schema, Table};

/// A table beside its schema: what it is, and every difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    origin: Origin,
    differences: Vec<Difference>,
    cure: Option<Cure>,
}

/// What a table of this name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// There is no such table.
    Missing,
    /// A table of this crate.
    Ours,
    /// A table of this crate that a newer release has made.
    Newer {
        /// Its version.
        version: u32,
    },
    /// The table of the PHP original, aloframework/session, whose default name is the same. It is one of MySQL.
    Php,
    /// A view, or something else that has no rows of its own.
    NoTable,
    /// A table of somebody else.
    Foreign,
}

impl Comparison {
    /// There is no table of this name.
    #[must_use]
    pub fn missing<D: Maintained>(table: &Table) -> Self {
        Self { origin: Origin::Missing, differences: Vec::new(), cure: Some(Cure::create::<D>(table)) }
    }

    /// There is a table with these differences. They count only where the table is one of ours or could be meant as one, and
    /// are repaired only where it is ours.
    #[must_use]
    pub fn found<D: Maintained>(table: &Table, origin: Origin, differences: Vec<Difference>) -> Self {
        let differences = match origin {
            Origin::Ours | Origin::Foreign | Origin::Php => differences,
            _ => Vec::new(),
        };
        let cure = if origin == Origin::Ours { Cure::alter::<D>(table, &differences) } else { None };
        Self { origin, differences, cure }
    }

    /// Returns what the table is.
    #[must_use]
    pub const fn origin(&self) -> Origin {
        self.origin
    }

    /// Returns every difference from the schema: none for a table that is missing or newer.
    #[must_use]
    pub fn differences(&self) -> &[Difference] {
        &self.differences
    }

    /// Returns whether the table is ready.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.origin == Origin::Ours && self.differences.is_empty()
    }

    /// Returns what makes the table, or repairs all differences and keeps every session. `None` if nothing is to be done, if a
    /// difference cannot be repaired, or if the table is not ours.
    #[must_use]
    pub const fn cure(&self) -> Option<&Cure> {
        self.cure.as_ref()
    }
}

impl Origin {
    /// A table is ours if its comment says so, or if it has all our columns: somebody may have lost the comment.
    #[must_use]
    pub fn of<D: Maintained>(is_table: bool, comment: &str, has_our_columns: bool) -> Self {
        match Schema::<D>::version_in(comment) {
            _ if !is_table => Self::NoTable,
            Some(version) if version > D::SCHEMA_VERSION => Self::Newer { version },
            Some(_) => Self::Ours,
            None if has_our_columns => Self::Ours,
            None => Self::Foreign,
        }
    }
}
