//! What a table must be in MySQL, what it is, and how it can become right.

use session_sql::{
    Table,
    maintenance::{Catalogued, Column, Difference, Fault, Found},
};

use super::place;
use crate::{Mysql, Schema};

impl Catalogued for Mysql {
    /// Every column and its type. A larger blob holds every session, and to narrow it could cut one.
    const COLUMNS: &'static [(&'static str, &'static [&'static str])] = &[
        ("family", &["binary(16)"]),
        ("digest", &["binary(32)"]),
        ("revision", &["binary(16)"]),
        ("owned", &["tinyint"]),
        ("created_at", &["bigint"]),
        ("expires_at", &["bigint"]),
        ("mark", &["bigint"]),
        ("data", &["mediumblob", "longblob"]),
    ];

    const EXPIRY: &'static str = "expires_at";

    /// What `information_schema` is asked. Only some servers add a display width to integers.
    fn questions(table: &Table) -> [String; 3] {
        let place = place("table", table);
        [
            format!(
                "SELECT IF(table_type='BASE TABLE',1,0),table_comment,engine FROM information_schema.tables WHERE {place}"
            ),
            format!(
                "SELECT column_name,LOWER(IF(column_type LIKE 'tinyint(%)' OR column_type LIKE 'bigint(%)',data_type,column_type)),\
                 IF(is_nullable='YES',1,0),column_default IS NOT NULL OR extra LIKE '%auto_increment%' OR extra LIKE '%GENERATED%' \
                 FROM information_schema.columns WHERE {place} ORDER BY ordinal_position"
            ),
            format!(
                "SELECT IF(index_name='PRIMARY',1,0),GROUP_CONCAT(column_name ORDER BY seq_in_index) \
                 FROM information_schema.statistics WHERE {place} GROUP BY index_name"
            ),
        ]
    }

    /// The change of one `ALTER TABLE` that repairs the fault.
    fn difference(fault: Fault<'_>, what: String, found: &Found, _: &Table) -> Difference {
        let values = |name: &str| if name == "mark" { "NOT NULL DEFAULT 0" } else { "NOT NULL" };
        match fault {
            Fault::Missing("mark") => {
                Difference::curable(what, format!("ADD COLUMN mark BIGINT {}", values("mark")))
            }
            // A blob may grow. To cut or pad another column would turn its key into that of another session.
            Fault::Kind(Column { name, kind, .. })
                if name == "data" && ["tinyblob", "blob"].contains(&&**kind) =>
            {
                Difference::curable_by_copy(what, "MODIFY data MEDIUMBLOB NOT NULL")
            }
            Fault::Values(Column { name, kind, .. }) => {
                Difference::curable(what, format!("MODIFY {name} {} {}", kind.to_uppercase(), values(name)))
            }
            Fault::PrimaryKey if found.column("family").and(found.column("digest")).is_some() => {
                let drop = if found.primary.is_empty() { "" } else { "DROP PRIMARY KEY, " };
                Difference::curable(what, format!("{drop}ADD PRIMARY KEY (family, digest)"))
            }
            Fault::Index if found.column("expires_at").is_some() => {
                Difference::curable(what, "ADD KEY expires_at (expires_at)")
            }
            Fault::Comment => Difference::curable(what, format!("COMMENT='{}'", Schema::comment())),
            _ => Difference::incurable(what),
        }
    }

    /// The engine, which only a copy of the table changes.
    fn further_differences(found: &Found, _: &Table) -> Vec<Difference> {
        let engine = found.settings.join(" ");
        if engine.eq_ignore_ascii_case("InnoDB") {
            return Vec::new();
        }
        let what = format!("the engine is {engine}; it must be InnoDB, which has transactions");
        vec![Difference::curable_by_copy(what, "ENGINE=InnoDB")]
    }
}

#[cfg(test)]
mod tests {
    use session_sql::maintenance::{Comparison, Origin};

    use super::*;

    fn column(name: &str, kind: &str) -> Column {
        Column {
            name: name.to_owned(),
            kind: kind.to_owned(),
            is_nullable: false,
            has_default: name == "mark",
        }
    }

    /// A table without a difference.
    fn right() -> Found {
        Found {
            is_table: true,
            comment: Schema::comment(),
            settings: vec!["InnoDB".to_owned()],
            columns: Mysql::COLUMNS.iter().map(|(name, kinds)| column(name, kinds[0])).collect(),
            indexes: vec![vec!["expires_at".to_owned()]],
            primary: vec!["family".to_owned(), "digest".to_owned()],
        }
    }

    fn compare(change: impl FnOnce(&mut Found)) -> Comparison {
        let mut found = right();
        change(&mut found);
        Comparison::new::<Mysql>(Some(&found), &Table::new("t").unwrap())
    }

    fn columns(found: &mut Found, columns: &[(&str, &str)]) {
        found.columns = columns.iter().map(|(name, kind)| column(name, kind)).collect();
        found.comment.clear();
    }

    #[test]
    fn a_table_that_is_not_ours_is_never_altered() {
        let php = [("id", "char(128)"), ("data", "text"), ("access", "timestamp")];
        let shop = [("id", "int"), ("total", "int"), ("data", "longblob")];
        type Case<'a> = (&'a dyn Fn(&mut Found), Origin);
        let cases: [Case<'_>; 6] = [
            (&|found| columns(found, &php), Origin::Php),
            (&|found| (columns(found, &php), found.settings = vec!["MyISAM".to_owned()]).1, Origin::Php),
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
            found.indexes.clear();
        });
        assert_eq!(compared.origin(), Origin::Ours);
        assert_eq!(
            compared.cure().unwrap().statements(false),
            ["ALTER TABLE `t` ADD KEY expires_at (expires_at), COMMENT='alo-session schema 1', \
              ALGORITHM=INPLACE, LOCK=NONE"]
        );
        let incurable = compare(|found| {
            found.indexes.clear();
            found.columns.remove(2);
        });
        assert_eq!((incurable.differences().len(), incurable.cure()), (2, None));
        assert!(compare(|_| {}).is_ready());
    }

    #[test]
    fn no_table_is_cured_by_making_it() {
        let schema = Schema::new("t").unwrap();
        let missing = Comparison::new::<Mysql>(None, schema.table());
        assert_eq!(missing.cure().unwrap().statements(false), [schema.create_table()]);
    }

    /// The differences, each with its change and whether that blocks writers.
    fn found(change: impl FnOnce(&mut Found)) -> Vec<(String, Option<String>, bool)> {
        let parts = |difference: &Difference| {
            let change = difference.change().map(ToOwned::to_owned);
            (difference.to_string(), change, difference.blocks_writers())
        };
        compare(change).differences().iter().map(parts).collect()
    }

    fn of(name: &str) -> usize {
        Mysql::COLUMNS.iter().position(|(column, _)| *column == name).unwrap()
    }

    #[test]
    fn the_right_table_has_none() {
        assert_eq!(found(|_| {}), []);
        let extra = Column { is_nullable: true, ..column("note", "text") };
        assert_eq!(found(|found| found.columns.push(extra)), []);
    }

    #[test]
    fn a_larger_blob_is_never_narrowed() {
        let set = |found: &mut Found, nullable| {
            found.columns[of("data")] = Column { is_nullable: nullable, ..column("data", "longblob") };
        };
        assert_eq!(found(|found| set(found, false)), []);
        let nullable = found(|found| set(found, true));
        assert_eq!(nullable[0].1.as_deref(), Some("MODIFY data LONGBLOB NOT NULL"));
    }

    #[test]
    fn each_is_named_with_its_cure() {
        type Case = (fn(&mut Found), &'static str, Option<&'static str>, bool);
        let cases: [Case; 11] = [
            (|found| found.settings = vec!["MyISAM".to_owned()], "InnoDB", Some("ENGINE=InnoDB"), true),
            (|found| found.comment.clear(), "version", Some("COMMENT='alo-session schema 1'"), false),
            (|found| found.indexes.clear(), "expires_at", Some("ADD KEY expires_at (expires_at)"), false),
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
