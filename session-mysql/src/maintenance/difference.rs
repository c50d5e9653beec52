use std::fmt;

use super::found::{Column, Found};
use crate::Schema;

/// Something in a table that is not as the schema says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    what: String,
    pub(super) change: Option<Change>,
}

/// A part of an `ALTER TABLE` that repairs a difference and keeps every session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) clause: String,
    /// Whether the server copies the table, while writers wait.
    pub(super) copies: bool,
}

impl Difference {
    /// Returns whether the table can be altered so that every session stays.
    #[must_use]
    pub const fn is_curable(&self) -> bool {
        self.change.is_some()
    }
}

/// Says what was found, and what it must be.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

/// Every column and its type, in the order of the table.
pub(super) const COLUMNS: [(&str, &str); 8] = [
    ("family", "binary(16)"),
    ("digest", "binary(32)"),
    ("revision", "binary(16)"),
    ("owned", "tinyint"),
    ("created_at", "bigint"),
    ("expires_at", "bigint"),
    ("mark", "bigint"),
    ("data", "mediumblob"),
];

/// The differences of a table from its schema.
pub(super) fn differences(found: &Found) -> Vec<Difference> {
    let mut differences = Vec::new();
    let mut add = |what: String, change: Option<(String, bool)>| {
        let change = change.map(|(clause, copies)| Change { clause, copies });
        differences.push(Difference { what, change });
    };
    if !found.engine.eq_ignore_ascii_case("InnoDB") {
        let what = format!("the engine is {}; it must be InnoDB, which has transactions", found.engine);
        add(what, Some(("ENGINE=InnoDB".to_owned(), true)));
    }
    for (name, kind) in COLUMNS {
        if let Some((what, change)) = column(found, name, kind) {
            add(what, change);
        }
    }
    let unknown = |column: &&Column| !COLUMNS.iter().any(|(name, _)| *name == column.name);
    for extra in found.columns.iter().filter(unknown).filter(|column| !column.has_default) {
        add(
            format!("the unknown column {} must have a default, or no row can be inserted", extra.name),
            None,
        );
    }
    if found.primary != ["family", "digest"] {
        let what = format!("the primary key is ({}); it must be (family, digest)", found.primary.join(", "));
        let drop = if found.primary.is_empty() { "" } else { "DROP PRIMARY KEY, " };
        let columns_exist =
            ["family", "digest"].iter().all(|name| found.columns.iter().any(|column| column.name == *name));
        add(what, columns_exist.then(|| (format!("{drop}ADD PRIMARY KEY (family, digest)"), false)));
    }
    if !found.indexed.iter().any(|column| column == "expires_at") {
        let what = "no index begins with expires_at: removing expired sessions would read every session";
        let column_exists = found.columns.iter().any(|column| column.name == "expires_at");
        add(what.to_owned(), column_exists.then(|| ("ADD KEY expires_at (expires_at)".to_owned(), false)));
    }
    if found.version().is_none() {
        let what = format!("the comment does not say its version, `{}`", Schema::comment());
        add(what, Some((format!("COMMENT='{}'", Schema::comment()), false)));
    }
    differences
}

/// The difference of a column, and the change that repairs it.
fn column(found: &Found, name: &str, kind: &str) -> Option<(String, Option<(String, bool)>)> {
    // A session has no mark, so its statements do not name this column.
    let has_default = name == "mark";
    let default = if has_default { " DEFAULT 0" } else { "" };
    let Some(column) = found.columns.iter().find(|column| column.name == name) else {
        let added = format!("ADD COLUMN {name} {} NOT NULL{default}", kind.to_uppercase());
        return Some((format!("the column {name} is missing"), has_default.then_some((added, false))));
    };
    // A larger blob holds every session, and to narrow it could cut one.
    let is_larger = name == "data" && column.kind == "longblob";
    let kind = if is_larger { &*column.kind } else { kind };
    let change = format!("MODIFY {name} {} NOT NULL{default}", kind.to_uppercase());
    if column.kind != kind {
        let what = format!("the column {name} is {}; it must be {kind}", column.kind);
        // A blob may grow. To cut or pad another column would turn its key into that of another session.
        let grows = name == "data" && matches!(column.kind.as_str(), "tinyblob" | "blob");
        return Some((what, grows.then_some((change, true))));
    }
    let what = if column.is_nullable {
        "may be NULL; it must be NOT NULL"
    } else if has_default && !column.has_default {
        "has no default; it must be 0"
    } else {
        return None;
    };
    Some((format!("the column {name} {what}"), Some((change, false))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(change: impl FnOnce(&mut Found)) -> Vec<(String, Option<String>, bool)> {
        let mut found = Found::right();
        change(&mut found);
        let parts = |difference: Difference| {
            let copies = difference.change.as_ref().is_some_and(|change| change.copies);
            (difference.what, difference.change.map(|change| change.clause), copies)
        };
        differences(&found).into_iter().map(parts).collect()
    }

    fn of(name: &str) -> usize {
        COLUMNS.iter().position(|(column, _)| *column == name).unwrap()
    }

    #[test]
    fn the_right_table_has_none() {
        assert_eq!(found(|_| {}), []);
        assert_eq!(
            found(|found| found.columns[of("owned")] =
                Column::new("owned".to_owned(), "TINYINT(4)", false, false)),
            []
        );
        let extra = Column::new("note".to_owned(), "text", true, true);
        assert_eq!(found(|found| found.columns.push(extra)), []);
    }

    #[test]
    fn a_larger_blob_is_never_narrowed() {
        let set = |found: &mut Found, nullable| {
            found.columns[of("data")] = Column::new("data".to_owned(), "longblob", nullable, nullable);
        };
        assert_eq!(found(|found| set(found, false)), []);
        let nullable = found(|found| set(found, true));
        assert_eq!(nullable[0].1.as_deref(), Some("MODIFY data LONGBLOB NOT NULL"));
    }

    #[test]
    fn each_is_named_with_its_cure() {
        type Case = (fn(&mut Found), &'static str, Option<&'static str>, bool);
        let cases: [Case; 11] = [
            (|found| found.engine = "MyISAM".to_owned(), "InnoDB", Some("ENGINE=InnoDB"), true),
            (|found| found.comment.clear(), "version", Some("COMMENT='alo-session schema 1'"), false),
            (|found| found.indexed.clear(), "expires_at", Some("ADD KEY expires_at (expires_at)"), false),
            (
                |found| found.primary = vec!["digest".to_owned()],
                "primary key",
                Some("DROP PRIMARY KEY, ADD PRIMARY KEY (family, digest)"),
                false,
            ),
            (
                |found| found.columns[of("data")].kind = "blob".to_owned(),
                "data is blob",
                Some("MODIFY data MEDIUMBLOB NOT NULL"),
                true,
            ),
            (
                |found| found.columns[of("owned")].is_nullable = true,
                "owned may be NULL",
                Some("MODIFY owned TINYINT NOT NULL"),
                false,
            ),
            (
                |found| found.columns[of("digest")].kind = "char(32)".to_owned(),
                "digest is char(32)",
                None,
                false,
            ),
            (|found| drop(found.columns.remove(of("revision"))), "revision is missing", None, false),
            (
                |found| drop(found.columns.remove(of("mark"))),
                "mark is missing",
                Some("ADD COLUMN mark BIGINT NOT NULL DEFAULT 0"),
                false,
            ),
            (
                |found| found.columns[of("mark")].has_default = false,
                "mark has no default",
                Some("MODIFY mark BIGINT NOT NULL DEFAULT 0"),
                false,
            ),
            (
                |found| found.columns[of("mark")].is_nullable = true,
                "mark may be NULL",
                Some("MODIFY mark BIGINT NOT NULL DEFAULT 0"),
                false,
            ),
        ];
        for (change, what, cure, copies) in cases {
            let seen = found(change);
            let [(seen, seen_cure, seen_copies)] = seen.as_slice() else { panic!("{what}: {seen:?}") };
            assert!(seen.contains(what), "{seen}");
            assert_eq!((seen_cure.as_deref(), *seen_copies), (cure, copies));
        }
    }
}
