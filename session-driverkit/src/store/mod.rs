//! The store that a fixture gets: in memory, with everything that a case must see and do.

mod kit_store;
mod odd;

pub use kit_store::KitStore;
pub(crate) use kit_store::WRITES;
pub(crate) use odd::{Odd, SERVER};
