use std::fmt;

use super::found::{Column, Found};
use crate::Schema;

/// Something in a table that is not as the schema says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    what: String,
    cure: Option<String>,
}

impl Difference {
    /// The statement that repairs it and keeps every session; `None` if there is none.
    #[must_use]
    pub fn cure(&self) -> Option<&str> {
        self.cure.as_deref()
    }
}

/// Says what was found, and what it must be.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

/// Every column and its type, in the order of the table.
const COLUMNS: [(&str, &str); 7] = [
    ("family", "binary(16)"),
    ("digest", "binary(32)"),
    ("revision", "binary(16)"),
    ("owned", "tinyint"),
    ("created_at", "bigint"),
    ("expires_at", "bigint"),
    ("data", "mediumblob"),
];

/// The differences of a table from its schema, in the order in which to repair them.
pub(super) fn compare(found: Option<&Found>, schema: &Schema) -> Vec<Difference> {
    let Some(found) = found else {
        let what = "there is no such table".to_owned();
        return vec![Difference { what, cure: Some(schema.create_table()) }];
    };
    if let Some(version) = version(&found.comment).filter(|version| *version > Schema::VERSION) {
        let what = format!(
            "the table is of version {version}, made by a newer release; this one knows version {}",
            Schema::VERSION
        );
        return vec![Difference { what, cure: None }];
    }
    let mut differences = Vec::new();
    let mut add = |what: String, change: Option<String>| {
        let cure = change.map(|change| format!("ALTER TABLE {} {change}", schema.table()));
        differences.push(Difference { what, cure });
    };
    if !found.engine.eq_ignore_ascii_case("InnoDB") {
        let what = format!("the engine is {}; it must be InnoDB, which has transactions", found.engine);
        add(what, Some("ENGINE=InnoDB".to_owned()));
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
        add(what, Some(format!("{drop}ADD PRIMARY KEY (family, digest)")));
    }
    if !found.indexed.iter().any(|column| column == "expires_at") {
        let what = "no index begins with expires_at: removing expired sessions would read every session";
        add(what.to_owned(), Some("ADD KEY expires_at (expires_at)".to_owned()));
    }
    // Last, so that a table which was changed halfway is not taken for a finished one.
    if version(&found.comment).is_none() {
        let what = format!("the comment does not say its version, `{}`", Schema::comment());
        add(what, Some(format!("COMMENT='{}'", Schema::comment())));
    }
    differences
}

/// The difference of a column, and the change that repairs it.
fn column(found: &Found, name: &str, kind: &str) -> Option<(String, Option<String>)> {
    let Some(column) = found.columns.iter().find(|column| column.name == name) else {
        return Some((format!("the column {name} is missing"), None));
    };
    let change = format!("MODIFY {name} {} NOT NULL", kind.to_uppercase());
    if column.kind != kind {
        let what = format!("the column {name} is {}; it must be {kind}", column.kind);
        // A blob may grow. To cut or pad another column would turn its key into that of another session.
        let grows = name == "data" && matches!(column.kind.as_str(), "tinyblob" | "blob" | "longblob");
        return Some((what, grows.then_some(change)));
    }
    column.is_nullable.then(|| (format!("the column {name} may be NULL; it must be NOT NULL"), Some(change)))
}

fn version(comment: &str) -> Option<u32> {
    comment.strip_prefix("alo-session schema ")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn right() -> Found {
        let columns = COLUMNS.map(|(name, kind)| Column::new(name.to_owned(), kind, false, false));
        Found {
            engine: "InnoDB".to_owned(),
            comment: Schema::comment(),
            columns: columns.to_vec(),
            primary: vec!["family".to_owned(), "digest".to_owned()],
            indexed: vec!["expires_at".to_owned()],
        }
    }

    fn differences(change: impl FnOnce(&mut Found)) -> Vec<(String, Option<String>)> {
        let mut found = right();
        change(&mut found);
        let compared = compare(Some(&found), &Schema::new("t").unwrap());
        compared.into_iter().map(|difference| (difference.what, difference.cure)).collect()
    }

    fn of(name: &str) -> usize {
        COLUMNS.iter().position(|(column, _)| *column == name).unwrap()
    }

    #[test]
    fn the_right_table_has_none() {
        assert_eq!(differences(|_| {}), []);
        assert_eq!(
            differences(|found| found.columns[of("owned")] =
                Column::new("owned".to_owned(), "TINYINT(4)", false, false)),
            []
        );
        let extra = Column::new("note".to_owned(), "text", true, true);
        assert_eq!(differences(|found| found.columns.push(extra)), []);
    }

    #[test]
    fn each_is_named_with_its_cure() {
        type Change = fn(&mut Found);
        let cases: [(Change, &str, Option<&str>); 8] = [
            (|found| found.engine = "MyISAM".to_owned(), "InnoDB", Some("ALTER TABLE `t` ENGINE=InnoDB")),
            (
                |found| found.comment.clear(),
                "version",
                Some("ALTER TABLE `t` COMMENT='alo-session schema 1'"),
            ),
            (
                |found| found.indexed.clear(),
                "expires_at",
                Some("ALTER TABLE `t` ADD KEY expires_at (expires_at)"),
            ),
            (
                |found| found.primary = vec!["digest".to_owned()],
                "primary key",
                Some("ALTER TABLE `t` DROP PRIMARY KEY, ADD PRIMARY KEY (family, digest)"),
            ),
            (
                |found| found.columns[of("data")].kind = "blob".to_owned(),
                "data is blob",
                Some("ALTER TABLE `t` MODIFY data MEDIUMBLOB NOT NULL"),
            ),
            (
                |found| found.columns[of("owned")].is_nullable = true,
                "owned may be NULL",
                Some("ALTER TABLE `t` MODIFY owned TINYINT NOT NULL"),
            ),
            (|found| found.columns[of("digest")].kind = "char(32)".to_owned(), "digest is char(32)", None),
            (|found| drop(found.columns.remove(of("revision"))), "revision is missing", None),
        ];
        for (change, what, cure) in cases {
            let found = differences(change);
            let [(seen, seen_cure)] = found.as_slice() else { panic!("{what}: {found:?}") };
            assert!(seen.contains(what), "{seen}");
            assert_eq!(seen_cure.as_deref(), cure);
        }
    }

    #[test]
    fn a_newer_table_is_left_alone() {
        let found = differences(|found| {
            found.comment = "alo-session schema 2".to_owned();
            found.indexed.clear();
        });
        assert!(matches!(found.as_slice(), [(what, None)] if what.contains("newer release")), "{found:?}");
    }

    #[test]
    fn no_table_is_cured_by_making_it() {
        let schema = Schema::new("t").unwrap();
        let [missing] = &compare(None, &schema)[..] else { panic!("one difference") };
        assert_eq!(missing.cure(), Some(schema.create_table().as_str()));
    }
}
