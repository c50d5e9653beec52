use std::{fmt, time::Duration};

use super::{Maintained, Maintenance, MaintenanceError};

/// Where counting the expired rows stops.
const MAX_COUNTED: u32 = 100_000;

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
    /// The size of the table and its indexes on disk; in MySQL the server estimates it.
    pub bytes: u64,
}

/// What is in the table, as far as the server knows without reading it.
///
/// Not exhaustive, because more may be estimated later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Estimate {
    /// The server's estimate of the rows: in MySQL it may be wrong by half, in PostgreSQL it is what autovacuum has last seen.
    pub rows: u64,
    /// The expired rows that have not been removed yet; counting stops at a hundred thousand.
    pub expired: u64,
    /// The size of the table and its indexes on disk; in MySQL the server estimates it.
    pub bytes: u64,
}

impl Stats {
    pub(super) fn query<D: Maintained>(maintenance: &mut Maintenance<D>) -> Result<Self, MaintenanceError> {
        let [_, bytes] = D::size(maintenance.table());
        // The row that an owner's transactions lock is not a session.
        let live = "s.expires_at>{now} AND s.created_at>COALESCE(o.mark,0)";
        let [live, owned, expired, age, bytes] = numbers(
            maintenance,
            &format!(
                "SELECT COUNT(CASE WHEN {live} THEN 1 END),COUNT(CASE WHEN {live} AND s.owned=1 THEN 1 END),\
                 COUNT(CASE WHEN NOT ({live}) THEN 1 END),{{now}}-MIN(CASE WHEN {live} THEN s.created_at END),{bytes} \
                 FROM {{table}} s LEFT JOIN {{table}} o ON s.owned=1 AND o.family=s.family AND o.digest={{owner}} \
                 WHERE s.digest<>{{owner}}"
            ),
        )?;
        let number = Option::unwrap_or_default;
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
    pub(super) fn query<D: Maintained>(maintenance: &mut Maintenance<D>) -> Result<Self, MaintenanceError> {
        let [rows, bytes] = D::size(maintenance.table());
        let [rows, bytes] = numbers(maintenance, &format!("SELECT {rows},{bytes}"))?;
        let expired = maintenance.count_expired(MAX_COUNTED)?.into();
        Ok(Self { rows: rows.unwrap_or_default(), expired, bytes: bytes.unwrap_or_default() })
    }
}

/// The numbers of the one row that a question has; NULL is `None`.
fn numbers<D: Maintained, const N: usize>(
    maintenance: &mut Maintenance<D>,
    text: &str,
) -> Result<[Option<u64>; N], MaintenanceError> {
    const MISSING: &str = "the counts of the table";
    let row: [Option<String>; N] =
        maintenance.ask(text, MISSING)?.pop().ok_or(MaintenanceError::unexpected_reply(MISSING))?;
    Ok(row.map(|value| value?.parse().ok()))
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
        let more = if self.expired >= MAX_COUNTED.into() { " or more" } else { "" };
        let size = self.bytes as f64 / f64::from(1 << 20);
        write!(f, "rows     about {}\nexpired  {}{more}\nsize     {size:.1} MiB", self.rows, self.expired)
    }
}
