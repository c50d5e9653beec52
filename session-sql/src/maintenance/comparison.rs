use super::{Cure, Difference, Found, Maintained, fault::differences};
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
    /// What was found beside the schema. Differences count only where the table is one of ours or could be meant as one, and
    /// are repaired only where it is ours.
    #[must_use]
    pub fn new<D: Maintained>(found: Option<&Found>, table: &Table) -> Self {
        let Some(found) = found else {
            let cure = Some(Cure::create::<D>(table));
            return Self { origin: Origin::Missing, differences: Vec::new(), cure };
        };
        let origin = Origin::of::<D>(found);
        let differences = match origin {
            Origin::Ours | Origin::Foreign | Origin::Php => differences::<D>(found, table),
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
    fn of<D: Maintained>(found: &Found) -> Self {
        let has = |name: &str| found.column(name).is_some();
        match Schema::<D>::version_in(&found.comment) {
            _ if !found.is_table => Self::NoTable,
            Some(version) if version > D::SCHEMA_VERSION => Self::Newer { version },
            Some(_) => Self::Ours,
            None if D::COLUMNS.iter().all(|(name, _)| has(name)) => Self::Ours,
            None if found.columns.len() == 3 && ["id", "data", "access"].into_iter().all(has) => Self::Php,
            None => Self::Foreign,
        }
    }
}
