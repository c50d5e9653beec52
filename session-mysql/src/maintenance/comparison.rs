use super::{
    Cure, Difference,
    difference::{COLUMNS, differences},
    found::Found,
};
use crate::Schema;

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
    /// The table of the PHP original, aloframework/session, whose default name is the same.
    Php,
    /// A view, or something else that has no rows of its own.
    NoTable,
    /// A table of somebody else.
    Foreign,
}

impl Comparison {
    pub(super) fn of(found: Option<&Found>, schema: &Schema) -> Self {
        let Some(found) = found else {
            let cure = Some(Cure::create(schema));
            return Self { origin: Origin::Missing, differences: Vec::new(), cure };
        };
        let origin = origin(found);
        let differences = match origin {
            Origin::Ours | Origin::Foreign | Origin::Php => differences(found),
            _ => Vec::new(),
        };
        let cure = if origin == Origin::Ours { Cure::alter(schema, &differences) } else { None };
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

    /// Returns the one statement that makes the table, or repairs all differences and keeps every session. `None` if nothing
    /// is to be done, if a difference cannot be repaired, or if the table is not ours.
    #[must_use]
    pub const fn cure(&self) -> Option<&Cure> {
        self.cure.as_ref()
    }
}

/// A table is ours if its comment says so, or if it has all our columns: somebody may have lost the comment.
fn origin(found: &Found) -> Origin {
    let has = |name: &str| found.columns.iter().any(|column| column.name == name);
    if !found.is_table {
        return Origin::NoTable;
    }
    match found.version() {
        Some(version) if version > Schema::VERSION => Origin::Newer { version },
        Some(_) => Origin::Ours,
        None if COLUMNS.iter().all(|(name, _)| has(name)) => Origin::Ours,
        None if found.columns.len() == 3 && ["id", "data", "access"].into_iter().all(has) => Origin::Php,
        None => Origin::Foreign,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::found::Column, *};

    fn compare(change: impl FnOnce(&mut Found)) -> Comparison {
        let mut found = Found::right();
        change(&mut found);
        Comparison::of(Some(&found), &Schema::new("t").unwrap())
    }

    fn columns(found: &mut Found, columns: &[(&str, &str)]) {
        let new = |(name, kind): &(&str, &str)| Column::new((*name).to_owned(), kind, false, false);
        found.columns = columns.iter().map(new).collect();
        found.comment.clear();
    }

    #[test]
    fn a_table_that_is_not_ours_is_never_altered() {
        let php = [("id", "char(128)"), ("data", "text"), ("access", "timestamp")];
        let shop = [("id", "int"), ("total", "int"), ("data", "longblob")];
        type Case<'a> = (&'a dyn Fn(&mut Found), Origin);
        let cases: [Case<'_>; 6] = [
            (&|found| columns(found, &php), Origin::Php),
            (&|found| (columns(found, &php), found.engine = "MyISAM".to_owned()).1, Origin::Php),
            (&|found| columns(found, &shop), Origin::Foreign),
            (&|found| found.comment = "alo-session schema 2".to_owned(), Origin::Newer { version: 2 }),
            (&|found| found.is_table = false, Origin::NoTable),
            (&|found| (columns(found, &php[..2]), found.primary.clear()).1, Origin::Foreign),
        ];
        for (change, origin) in cases {
            let compared = compare(change);
            assert_eq!((compared.origin(), compared.cure()), (origin, None));
            assert!(!compared.is_ready());
        }
    }

    #[test]
    fn all_differences_are_repaired_by_one_statement_or_none_is() {
        let compared = compare(|found| {
            found.comment.clear();
            found.indexed.clear();
        });
        assert_eq!(compared.origin(), Origin::Ours);
        assert_eq!(
            compared.cure().unwrap().statement(),
            "ALTER TABLE `t` ADD KEY expires_at (expires_at), COMMENT='alo-session schema 1', \
             ALGORITHM=INPLACE, LOCK=NONE"
        );
        let incurable = compare(|found| {
            found.indexed.clear();
            found.columns.remove(2);
        });
        assert_eq!((incurable.differences().len(), incurable.cure()), (2, None));
        assert!(compare(|_| {}).is_ready());
    }

    #[test]
    fn no_table_is_cured_by_making_it() {
        let schema = Schema::new("t").unwrap();
        let missing = Comparison::of(None, &schema);
        assert_eq!(missing.cure().unwrap().statement(), schema.create_table());
    }
}
