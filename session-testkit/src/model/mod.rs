//! The reference store, which is simple and slow.

mod clock;
mod entry;
mod fixture;
mod state;
mod store;

pub use clock::ModelClock;
pub(crate) use entry::Entry;
pub use fixture::ModelFixture;
pub(crate) use state::State;
pub use store::ModelStore;
