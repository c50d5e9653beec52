use session_sql::maintenance::{Maintenance, MaintenanceError};

use crate::Postgres;

/// What there is under the name of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Whether it has rows of its own.
    pub(super) is_table: bool,
    pub(super) comment: String,
    /// Name and type, with `NOT NULL` and the expression of a generated column.
    pub(super) columns: Vec<(String, String)>,
    /// The columns of each index that is valid; that of the primary key has `primary` in front.
    pub(super) indexes: Vec<String>,
    /// Storage parameters, `name=value`.
    pub(super) options: Vec<String>,
}

impl Found {
    /// `None` if there is nothing of this name.
    pub(super) fn query(maintenance: &mut Maintenance<Postgres>) -> Result<Option<Self>, MaintenanceError> {
        let of_table = maintenance.ask(
            "SELECT relkind IN ('r','p'),obj_description(oid,'pg_class'),array_to_string(reloptions,' ') FROM pg_class \
             WHERE oid=to_regclass('{table}')",
            "the table",
        )?;
        let Some([is_table, comment, options]) = of_table.into_iter().next() else { return Ok(None) };
        let columns = maintenance.ask(
            "SELECT attname,format_type(atttypid,atttypmod)||CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END||\
             CASE WHEN attgenerated<>'' THEN ' '||pg_get_expr(adbin,adrelid) ELSE '' END \
             FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid=attrelid AND adnum=attnum \
             WHERE attrelid=to_regclass('{table}') AND attnum>0 AND NOT attisdropped ORDER BY attnum",
            "the columns of the table",
        )?;
        let indexes = maintenance.ask(
            "SELECT CASE WHEN indisprimary THEN 'primary ' ELSE '' END||(SELECT string_agg(attname,',' ORDER BY n) \
             FROM unnest(indkey::int2[]) WITH ORDINALITY k(number,n) JOIN pg_attribute \
             ON attrelid=indrelid AND attnum=k.number) FROM pg_index WHERE indrelid=to_regclass('{table}') AND indisvalid \
             AND indpred IS NULL",
            "the indexes of the table",
        )?;
        Ok(Some(Self {
            is_table: is_table.as_deref() == Some("t"),
            comment: comment.unwrap_or_default(),
            columns: columns.into_iter().filter_map(|[name, kind]| Some((name?, kind?))).collect(),
            indexes: indexes.into_iter().filter_map(|[columns]| columns).collect(),
            options: options.unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
        }))
    }
}
