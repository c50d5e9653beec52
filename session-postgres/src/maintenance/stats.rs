use std::{fmt, time::Duration};

use super::{Maintenance, MaintenanceError};

/// Where counting the expired rows stops.
const MAX_COUNTED: u64 = 100_000;
const NOW: &str = "(date_part('epoch',statement_timestamp())*1000)::int8";

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
    /// The size of the table and its indexes on disk.
    pub bytes: u64,
}

/// What is in the table, as far as the server knows without reading it.
///
/// Not exhaustive, because more may be estimated later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Estimate {
    /// The server's estimate of the rows, as autovacuum has last seen them.
    pub rows: u64,
    /// The expired rows that have not been removed yet; counting stops at a hundred thousand.
    pub expired: u64,
    /// The size of the table and its indexes on disk.
    pub bytes: u64,
}

/// The numbers of the one row that a question has; NULL is `None`.
fn numbers<const N: usize>(
    maintenance: &mut Maintenance,
    text: &str,
) -> Result<[Option<u64>; N], MaintenanceError> {
    let row = maintenance.rows(text)?.pop().unwrap_or_default();
    let row: Vec<Option<u64>> = row.into_iter().map(|value| value?.parse().ok()).collect();
    row.try_into().map_err(|_| MaintenanceError::unexpected_reply("the counts of the table"))
}

impl Stats {
    pub(super) fn query(maintenance: &mut Maintenance) -> Result<Self, MaintenanceError> {
        let table = maintenance.table();
        let live = format!("s.expires_at>{NOW} AND s.created_at>COALESCE(o.mark,0)");
        let owner = "decode(repeat('00',32),'hex')";
        // The row that an owner's transactions lock is not a session.
        let [live, owned, expired, age, bytes] = numbers(
            maintenance,
            &format!(
                "SELECT count(*) FILTER (WHERE {live}),count(*) FILTER (WHERE {live} AND s.owned=1),\
                 count(*) FILTER (WHERE NOT ({live})),{NOW}-min(s.created_at) FILTER (WHERE {live}),\
                 pg_total_relation_size('{table}') \
                 FROM {table} s LEFT JOIN {table} o ON s.owned=1 AND o.family=s.family AND o.digest={owner} \
                 WHERE s.digest<>{owner}"
            ),
        )?;
        let number = |number: Option<u64>| number.unwrap_or(0);
        Ok(Self {
            live: number(live),
            owned: number(owned),
            expired: number(expired),
            oldest: age.map(Duration::from_millis),
            bytes: number(bytes),
        })
    }
}

impl Estimate {
    pub(super) fn query(maintenance: &mut Maintenance) -> Result<Self, MaintenanceError> {
        let table = maintenance.table();
        let [rows, expired, bytes] = numbers(
            maintenance,
            &format!(
                "SELECT (SELECT greatest(n_live_tup,0) FROM pg_stat_user_tables WHERE relid='{table}'::regclass),\
                 (SELECT count(*) FROM (SELECT FROM {table} WHERE expires_hour<=({NOW}/3600000)::int4 \
                 AND expires_at<={NOW} LIMIT {MAX_COUNTED}) expired),pg_total_relation_size('{table}')"
            ),
        )?;
        let number = |number: Option<u64>| number.unwrap_or(0);
        Ok(Self { rows: number(rows), expired: number(expired), bytes: number(bytes) })
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

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let more = if self.expired >= MAX_COUNTED { " or more" } else { "" };
        let size = self.bytes as f64 / f64::from(1 << 20);
        write!(f, "rows     about {}\nexpired  {}{more}\nsize     {size:.1} MiB", self.rows, self.expired)
    }
}
