use session_sql::maintenance::{Maintenance, MaintenanceError};

use super::place;
use crate::Mysql;

/// A table as the server describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// Whether it is a table, and not a view.
    pub(super) is_table: bool,
    pub(super) engine: String,
    pub(super) comment: String,
    pub(super) columns: Vec<Column>,
    /// The columns of the primary key, in order.
    pub(super) primary: Vec<String>,
    /// The first column of every other index.
    pub(super) indexed: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    /// In lower case, and without the display width that only some servers add to integers.
    pub(super) kind: String,
    pub(super) is_nullable: bool,
    /// Whether a row may be inserted that does not name this column.
    pub(super) has_default: bool,
}

impl Found {
    /// Asks the server; `None` if there is no such table.
    pub(super) fn query(maintenance: &mut Maintenance<Mysql>) -> Result<Option<Self>, MaintenanceError> {
        let place = place("table", maintenance.table());
        let described = maintenance.ask(
            &format!("SELECT table_type, engine, table_comment FROM information_schema.tables WHERE {place}"),
            "the table",
        )?;
        let Some([kind, engine, comment]) = described.into_iter().next() else { return Ok(None) };
        let columns = maintenance.ask(
            &format!(
                "SELECT column_name, column_type, is_nullable, column_default IS NOT NULL \
                 OR extra LIKE '%auto_increment%' OR extra LIKE '%GENERATED%' \
                 FROM information_schema.columns WHERE {place} ORDER BY ordinal_position"
            ),
            "the columns of the table",
        )?;
        let keys: Vec<[Option<String>; 3]> = maintenance.ask(
            &format!(
                "SELECT IF(index_name='PRIMARY',1,0), seq_in_index, column_name FROM information_schema.statistics \
                 WHERE {place} ORDER BY index_name, seq_in_index"
            ),
            "the indexes of the table",
        )?;
        let columns_of = |wanted: fn(bool, &str) -> bool| {
            let keys =
                keys.iter().map(|key| key.each_ref().map(|value| value.as_deref().unwrap_or_default()));
            let wanted = keys.filter(|[primary, position, _]| wanted(*primary == "1", position));
            wanted.map(|[_, _, column]| column.to_owned()).collect()
        };
        Ok(Some(Self {
            is_table: kind.as_deref() == Some("BASE TABLE"),
            engine: engine.unwrap_or_default(),
            comment: comment.unwrap_or_default(),
            columns: columns
                .into_iter()
                .map(|row| Column::read(row.map(Option::unwrap_or_default)))
                .collect(),
            primary: columns_of(|is_primary, _| is_primary),
            indexed: columns_of(|is_primary, position| !is_primary && position == "1"),
        }))
    }

    /// A table without a difference.
    #[cfg(test)]
    pub(super) fn right() -> Self {
        let columns = super::difference::COLUMNS
            .map(|(name, kind)| Column::new(name.to_owned(), kind, false, name == "mark"));
        Self {
            is_table: true,
            engine: "InnoDB".to_owned(),
            comment: crate::Schema::comment(),
            columns: columns.to_vec(),
            primary: vec!["family".to_owned(), "digest".to_owned()],
            indexed: vec!["expires_at".to_owned()],
        }
    }
}

impl Column {
    pub(super) fn new(name: String, kind: &str, is_nullable: bool, has_default: bool) -> Self {
        let kind = kind.to_ascii_lowercase();
        let is_integer = |name: &str| matches!(name, "tinyint" | "bigint");
        let kind = match kind.split_once('(') {
            Some((name, rest)) if is_integer(name) && rest.ends_with(')') => name.to_owned(),
            _ => kind,
        };
        Self { name, kind, is_nullable, has_default }
    }

    fn read([name, kind, nullable, default]: [String; 4]) -> Self {
        let is_nullable = nullable == "YES";
        Self::new(name, &kind, is_nullable, default == "1" || is_nullable)
    }
}
