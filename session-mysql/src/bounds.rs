//! The bounds of this crate; those of operations are in `session-sql/src/retry.rs`.

use std::time::Duration;

/// How long `mysql_async` may keep an idle connection; it would ask the server otherwise.
#[cfg(feature = "tokio")]
pub(crate) const WAIT_TIMEOUT: Duration = Duration::from_secs(8 * 3600);
/// How long `ALTER TABLE` waits for the lock of the table, and everyone behind it.
#[cfg(feature = "blocking")]
pub(crate) const ALTER_WAIT: Duration = Duration::from_millis(200);
/// The pause until it is tried again.
#[cfg(feature = "blocking")]
pub(crate) const ALTER_PAUSE: Duration = Duration::from_millis(500);
/// The pause between two looks at what it is doing.
#[cfg(feature = "blocking")]
pub(crate) const ALTER_LOOK: Duration = Duration::from_millis(20);
