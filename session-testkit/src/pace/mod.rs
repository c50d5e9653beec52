//! How long the operations of a store take, and every wait, deadline and number of tries that follows from it.

mod distance;
mod measure;
#[allow(clippy::module_inception, reason = "one main type for each file")]
mod pace;
mod tries;

pub use distance::distance;
pub(crate) use measure::measure;
pub(crate) use pace::{Clock, Pace};
pub(crate) use tries::until_in_time;
