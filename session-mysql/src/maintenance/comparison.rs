use session_sql::{
    Table,
    maintenance::{Comparison, Origin},
};

use super::{
    difference::{COLUMNS, differences},
    found::Found,
};
use crate::Mysql;

/// What was found, beside the schema.
pub(super) fn comparison(found: Option<&Found>, table: &Table) -> Comparison {
    let Some(found) = found else { return Comparison::missing::<Mysql>(table) };
    let has = |name: &str| found.columns.iter().any(|column| column.name == name);
    let is_complete = COLUMNS.iter().all(|(name, _)| has(name));
    let origin = match Origin::of::<Mysql>(found.is_table, &found.comment, is_complete) {
        Origin::Foreign if found.columns.len() == 3 && ["id", "data", "access"].into_iter().all(has) => {
            Origin::Php
        }
        origin => origin,
    };
    Comparison::found::<Mysql>(table, origin, differences(found))
}

#[cfg(test)]
mod tests {
    use super::{super::found::Column, *};
    use crate::Schema;

    fn compare(change: impl FnOnce(&mut Found)) -> Comparison {
        let mut found = Found::right();
        change(&mut found);
        comparison(Some(&found), &Table::new("t").unwrap())
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
            compared.cure().unwrap().statements(false),
            ["ALTER TABLE `t` ADD KEY expires_at (expires_at), COMMENT='alo-session schema 1', \
              ALGORITHM=INPLACE, LOCK=NONE"]
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
        let missing = comparison(None, schema.table());
        assert_eq!(missing.cure().unwrap().statements(false), [schema.create_table()]);
    }
}
