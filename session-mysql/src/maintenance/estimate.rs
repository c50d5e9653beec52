use std::fmt;

use mysql::{Conn, prelude::Queryable as _};
use session_sql::Table;

use super::MaintenanceError;
use crate::{Schema, bounds::MAX_COUNTED, dialect::NOW};

/// What is in the table, as far as the server knows without reading it.
///
/// Not exhaustive, because more may be estimated later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Estimate {
    /// The server's estimate of the rows, which may be wrong by half.
    pub rows: u64,
    /// The expired rows that have not been removed yet; counting stops at a hundred thousand.
    pub expired: u64,
    /// The size of the table on disk.
    pub bytes: u64,
}

impl Estimate {
    pub(super) fn query(conn: &mut Conn, schema: &Schema) -> Result<Self, MaintenanceError> {
        let table = schema.quoted();
        let expired: Option<u64> = conn.query_first(format!(
            "SELECT COUNT(*) FROM (SELECT 1 FROM {table} WHERE expires_at<={NOW} LIMIT {MAX_COUNTED}) expired"
        ))?;
        let (rows, bytes) = Self::size(conn, schema.table())?;
        Ok(Self { rows, expired: expired.unwrap_or(0), bytes })
    }

    /// The rows and the bytes of a table.
    pub(super) fn size(conn: &mut Conn, table: &Table) -> Result<(u64, u64), MaintenanceError> {
        let size = conn.exec_first(
            "SELECT CAST(COALESCE(table_rows,0) AS UNSIGNED),\
             CAST(COALESCE(data_length+index_length,0) AS UNSIGNED) FROM information_schema.tables \
             WHERE table_schema=COALESCE(?, DATABASE()) AND table_name=?",
            (&table.database, &table.name),
        )?;
        Ok(size.unwrap_or_default())
    }
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let more = if self.expired >= MAX_COUNTED { " or more" } else { "" };
        let size = self.bytes as f64 / f64::from(1 << 20);
        write!(f, "rows     about {}\nexpired  {}{more}\nsize     {size:.1} MiB", self.rows, self.expired)
    }
}
