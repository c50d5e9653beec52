use super::{Catalogued, Column, Difference, Found};
use crate::{Schema, Table};

/// What is wrong with a table of any database.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_enums, reason = "a database may repair each")]
pub enum Fault<'a> {
    /// There is no column of this name.
    Missing(&'a str),
    /// It has another type than it must.
    Kind(&'a Column),
    /// It may be NULL, or has no default.
    Values(&'a Column),
    /// It is not that of the two columns of a key.
    PrimaryKey,
    /// Nothing leads to what has expired.
    Index,
    /// It does not say its version.
    Comment,
}

/// The column that a session leaves out, because only the row of an owner has a mark.
const WITH_DEFAULT: &str = "mark";

/// Every difference of a table from its schema, each with the change that repairs it, if one does.
pub(super) fn differences<D: Catalogued>(found: &Found, table: &Table) -> Vec<Difference> {
    let mut differences = D::further_differences(found, table);
    let mut add = |fault: Fault<'_>, what: String| differences.push(D::difference(fault, what, found, table));
    for (name, kinds) in D::COLUMNS {
        let Some(column) = found.column(name) else {
            add(Fault::Missing(name), format!("the column {name} is missing"));
            continue;
        };
        if let (false, Some(wanted)) = (kinds.contains(&&*column.kind), kinds.first()) {
            let what = format!("the column {name} is {}; it must be {wanted}", column.kind);
            add(Fault::Kind(column), what);
        } else if column.is_nullable {
            add(Fault::Values(column), format!("the column {name} may be NULL; it must be NOT NULL"));
        } else if *name == WITH_DEFAULT && !column.has_default {
            add(Fault::Values(column), format!("the column {name} has no default; it must be 0"));
        }
    }
    if found.primary != ["family", "digest"] {
        let what = format!("the primary key is ({}); it must be (family, digest)", found.primary.join(", "));
        add(Fault::PrimaryKey, what);
    }
    if !found.indexes.iter().any(|columns| columns.first().is_some_and(|first| first == D::EXPIRY)) {
        let what =
            format!("no index begins with {}: removing expired sessions would read every session", D::EXPIRY);
        add(Fault::Index, what);
    }
    if Schema::<D>::version_in(&found.comment).is_none() {
        add(Fault::Comment, format!("the comment does not say its version, `{}`", Schema::<D>::comment()));
    }
    let is_ours = |column: &Column| D::COLUMNS.iter().any(|(name, _)| *name == column.name);
    let unknown =
        found.columns.iter().filter(|column| !is_ours(column) && !column.has_default && !column.is_nullable);
    differences.extend(unknown.map(|Column { name, .. }| {
        Difference::incurable(format!(
            "the unknown column {name} must have a default, or no row can be inserted"
        ))
    }));
    differences
}
