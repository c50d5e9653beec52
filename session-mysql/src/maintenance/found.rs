use mysql::{Conn, Row, prelude::Queryable as _};
use session_sql::Table;

use super::MaintenanceError;
use crate::Schema;

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
    pub(super) fn query(conn: &mut Conn, schema: &Schema) -> Result<Option<Self>, MaintenanceError> {
        let Table { database, name } = schema.table().clone();
        let table = (database, name);
        let place = "table_schema=COALESCE(?, DATABASE()) AND table_name=?";
        let described: Option<(String, Option<String>, Option<String>)> = conn.exec_first(
            format!("SELECT table_type, engine, table_comment FROM information_schema.tables WHERE {place}"),
            &table,
        )?;
        let Some((kind, engine, comment)) = described else { return Ok(None) };
        let columns: Vec<Row> = conn.exec(
            format!(
                "SELECT column_name, CAST(column_type AS CHAR), is_nullable, column_default IS NOT NULL \
                 OR extra LIKE '%auto_increment%' OR extra LIKE '%GENERATED%' \
                 FROM information_schema.columns WHERE {place} ORDER BY ordinal_position"
            ),
            &table,
        )?;
        let columns = columns.into_iter().map(Column::read).collect::<Option<_>>();
        let keys: Vec<(String, u64, String)> = conn.exec(
            format!(
                "SELECT index_name, CAST(seq_in_index AS UNSIGNED), column_name FROM information_schema.statistics \
                 WHERE {place} ORDER BY index_name, seq_in_index"
            ),
            &table,
        )?;
        let columns_of = |wanted: fn(&(String, u64, String)) -> bool| {
            keys.iter().filter(|key| wanted(key)).map(|(_, _, column)| column.clone()).collect()
        };
        Ok(Some(Self {
            is_table: kind == "BASE TABLE",
            engine: engine.unwrap_or_default(),
            comment: comment.unwrap_or_default(),
            columns: columns.ok_or(MaintenanceError::unexpected_reply("the columns of the table"))?,
            primary: columns_of(|(index, _, _)| index == "PRIMARY"),
            indexed: columns_of(|(index, position, _)| index != "PRIMARY" && *position == 1),
        }))
    }

    /// The version of the schema that the comment names.
    pub(super) fn version(&self) -> Option<u32> {
        self.comment.strip_prefix("alo-session schema ")?.trim().parse().ok()
    }

    /// A table without a difference.
    #[cfg(test)]
    pub(super) fn right() -> Self {
        let columns = super::difference::COLUMNS
            .map(|(name, kind)| Column::new(name.to_owned(), kind, false, name == "mark"));
        Self {
            is_table: true,
            engine: "InnoDB".to_owned(),
            comment: Schema::comment(),
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

    fn read(row: Row) -> Option<Self> {
        let (name, kind, nullable, default): (String, String, String, bool) =
            mysql::from_row_opt(row).ok()?;
        let is_nullable = nullable == "YES";
        Some(Self::new(name, &kind, is_nullable, default || is_nullable))
    }
}
