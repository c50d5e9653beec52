//! What a table must be, and how it can become so.

use session_sql::maintenance::Difference;

use super::found::{Column, Found};
use crate::Schema;

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
    let has = |name: &str| found.columns.iter().any(|column| column.name == name);
    let curable_if = |is_curable: bool, what: String, change: String| {
        if is_curable { Difference::curable(what, change) } else { Difference::incurable(what) }
    };
    let mut differences = Vec::new();
    if !found.engine.eq_ignore_ascii_case("InnoDB") {
        let what = format!("the engine is {}; it must be InnoDB, which has transactions", found.engine);
        differences.push(Difference::curable_by_copy(what, "ENGINE=InnoDB"));
    }
    differences.extend(COLUMNS.iter().filter_map(|(name, kind)| column(found, name, kind)));
    let unknown = |column: &&Column| !COLUMNS.iter().any(|(name, _)| *name == column.name);
    let extra = found.columns.iter().filter(unknown).filter(|column| !column.has_default);
    differences.extend(extra.map(|Column { name, .. }| {
        Difference::incurable(format!(
            "the unknown column {name} must have a default, or no row can be inserted"
        ))
    }));
    if found.primary != ["family", "digest"] {
        let what = format!("the primary key is ({}); it must be (family, digest)", found.primary.join(", "));
        let drop = if found.primary.is_empty() { "" } else { "DROP PRIMARY KEY, " };
        let change = format!("{drop}ADD PRIMARY KEY (family, digest)");
        differences.push(curable_if(has("family") && has("digest"), what, change));
    }
    if !found.indexed.iter().any(|column| column == "expires_at") {
        let what = "no index begins with expires_at: removing expired sessions would read every session";
        let change = "ADD KEY expires_at (expires_at)";
        differences.push(curable_if(has("expires_at"), what.to_owned(), change.to_owned()));
    }
    if Schema::version_in(&found.comment).is_none() {
        let what = format!("the comment does not say its version, `{}`", Schema::comment());
        differences.push(Difference::curable(what, format!("COMMENT='{}'", Schema::comment())));
    }
    differences
}

/// The difference of a column.
fn column(found: &Found, name: &str, kind: &str) -> Option<Difference> {
    // A session has no mark, so its statements do not name this column.
    let has_default = name == "mark";
    let default = if has_default { " DEFAULT 0" } else { "" };
    let Some(column) = found.columns.iter().find(|column| column.name == name) else {
        let what = format!("the column {name} is missing");
        let change = format!("ADD COLUMN {name} {} NOT NULL{default}", kind.to_uppercase());
        return Some(if has_default {
            Difference::curable(what, change)
        } else {
            Difference::incurable(what)
        });
    };
    // A larger blob holds every session, and to narrow it could cut one.
    let is_larger = name == "data" && column.kind == "longblob";
    let kind = if is_larger { &*column.kind } else { kind };
    let change = format!("MODIFY {name} {} NOT NULL{default}", kind.to_uppercase());
    if column.kind != kind {
        let what = format!("the column {name} is {}; it must be {kind}", column.kind);
        // A blob may grow. To cut or pad another column would turn its key into that of another session.
        let grows = name == "data" && matches!(column.kind.as_str(), "tinyblob" | "blob");
        return Some(if grows {
            Difference::curable_by_copy(what, change)
        } else {
            Difference::incurable(what)
        });
    }
    let what = if column.is_nullable {
        "may be NULL; it must be NOT NULL"
    } else if has_default && !column.has_default {
        "has no default; it must be 0"
    } else {
        return None;
    };
    Some(Difference::curable(format!("the column {name} {what}"), change))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(change: impl FnOnce(&mut Found)) -> Vec<(String, Option<String>, bool)> {
        let mut found = Found::right();
        change(&mut found);
        let parts = |difference: Difference| {
            let change = difference.change().map(ToOwned::to_owned);
            (difference.to_string(), change, difference.blocks_writers())
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
