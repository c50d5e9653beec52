//! Several addresses of one server, tried one after the other without waiting for each to end.

mod blocking;
mod error;
#[cfg(feature = "tokio")]
mod nonblocking;
#[cfg(test)]
mod tests;

use std::time::Duration;

#[cfg(feature = "tokio")]
pub use self::nonblocking::race;
pub use self::{blocking::race_blocking, error::RaceError};
use crate::{Limit, bounds::MAX_STAGGER};

/// How long an attempt is alone before the next one joins it. Every one of `count` addresses has its turn before the limit.
fn stagger(limit: Limit, count: usize) -> Duration {
    let turns = u32::try_from(count).unwrap_or(u32::MAX).saturating_add(1);
    limit.remaining().checked_div(turns).unwrap_or_default().min(MAX_STAGGER)
}
