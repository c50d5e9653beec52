use std::{fmt, time::Duration};

/// What is in the table. Tombstones count as sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Sessions that have not expired.
    pub live: u64,
    /// Of those, the ones of somebody who is signed in.
    pub owned: u64,
    /// Rows that have expired and wait to be collected.
    pub expired: u64,
    /// The age of the oldest live session.
    pub oldest: Option<Duration>,
    /// What the table takes on the disk, as the server estimates it.
    pub bytes: u64,
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
