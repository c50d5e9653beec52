use std::{fmt, time::Duration};

use mysql::{Conn, prelude::Queryable as _};

use super::{Estimate, MaintenanceError};
use crate::{Schema, dialect::NOW};

/// What is in the table. Tombstones count as sessions; a session that was ended by its owner's mark counts as expired.
///
/// Not exhaustive, because more may be counted later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// The sessions that can be opened.
    pub live: u64,
    /// How many of them belong to an owner.
    pub owned: u64,
    /// The rows of expired and ended sessions that have not been removed yet.
    pub expired: u64,
    /// The age of the oldest live session.
    pub oldest: Option<Duration>,
    /// The size of the table on disk, as the server estimates it.
    pub bytes: u64,
}

impl Stats {
    pub(super) fn query(conn: &mut Conn, schema: &Schema) -> Result<Self, MaintenanceError> {
        let table = schema.quoted();
        let live = format!("(s.expires_at>{NOW} AND s.created_at>COALESCE(o.mark,0))");
        // The row that an owner's transactions lock is not a session.
        let counts: Option<(u64, u64, u64, Option<i64>)> = conn.query_first(format!(
            "SELECT CAST(COALESCE(SUM({live}),0) AS UNSIGNED),CAST(COALESCE(SUM({live} AND s.owned=1),0) AS UNSIGNED),\
             CAST(COALESCE(SUM(NOT {live}),0) AS UNSIGNED),{NOW}-MIN(CASE WHEN {live} THEN s.created_at END) \
             FROM {table} s LEFT JOIN {table} o ON s.owned=1 AND o.family=s.family AND o.digest=REPEAT(CHAR(0),32) \
             WHERE s.digest<>REPEAT(CHAR(0),32)"
        ))?;
        let (live, owned, expired, age) =
            counts.ok_or(MaintenanceError::unexpected_reply("the counts of the table"))?;
        let bytes = Estimate::size(conn, schema.table())?.1;
        let oldest = age.and_then(|age| u64::try_from(age).ok()).map(Duration::from_millis);
        Ok(Self { live, owned, expired, oldest, bytes })
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { live, owned, expired, oldest, bytes } = self;
        write!(f, "live     {live}\nowned    {owned}\nexpired  {expired}\noldest   ")?;
        match oldest {
            Some(age) => write!(f, "{} s", age.as_secs())?,
            None => f.write_str("-")?,
        }
        write!(f, "\nsize     {:.1} MiB", *bytes as f64 / f64::from(1 << 20))
    }
}
