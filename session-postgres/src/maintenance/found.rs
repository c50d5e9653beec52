use super::{Maintenance, MaintenanceError};

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
    pub(super) fn query(maintenance: &mut Maintenance) -> Result<Option<Self>, MaintenanceError> {
        let name = maintenance.table();
        let id = format!("to_regclass('{name}')");
        let mut of_table = maintenance.rows(&format!(
            "SELECT relkind IN ('r','p'),obj_description(oid,'pg_class'),array_to_string(reloptions,' ') FROM pg_class \
             WHERE oid={id}"
        ))?;
        let Some(table) = of_table.pop() else { return Ok(None) };
        let columns = maintenance.rows(&format!(
            "SELECT attname,format_type(atttypid,atttypmod)||CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END||\
             CASE WHEN attgenerated<>'' THEN ' '||pg_get_expr(adbin,adrelid) ELSE '' END \
             FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid=attrelid AND adnum=attnum \
             WHERE attrelid={id} AND attnum>0 AND NOT attisdropped ORDER BY attnum"
        ))?;
        let indexes = maintenance.rows(&format!(
            "SELECT CASE WHEN indisprimary THEN 'primary ' ELSE '' END||(SELECT string_agg(attname,',' ORDER BY n) \
             FROM unnest(indkey::int2[]) WITH ORDINALITY k(number,n) JOIN pg_attribute \
             ON attrelid=indrelid AND attnum=k.number) FROM pg_index WHERE indrelid={id} AND indisvalid \
             AND indpred IS NULL"
        ))?;
        let text = |at: usize| table.get(at).cloned().flatten().unwrap_or_default();
        let pair = |row: Vec<Option<String>>| {
            let mut values = row.into_iter().map(Option::unwrap_or_default);
            Some((values.next()?, values.next()?))
        };
        Ok(Some(Self {
            is_table: text(0) == "t",
            comment: text(1),
            columns: columns.into_iter().filter_map(pair).collect(),
            indexes: indexes.into_iter().flatten().flatten().collect(),
            options: text(2).split_whitespace().map(str::to_owned).collect(),
        }))
    }
}
