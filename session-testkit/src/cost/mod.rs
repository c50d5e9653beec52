//! What an operation costs: how often it asks the server of the store.

mod cases;
mod costs;
mod errand;
mod errands;

pub(crate) use cases::CASES;
pub(crate) use costs::Costs;
pub use errand::Errand;
