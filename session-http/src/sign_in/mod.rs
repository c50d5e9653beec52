//! The way to the sign-in page and back.

mod demand;
mod own_path;
mod page;
mod return_to;

pub use demand::Demand;
pub use own_path::own_path;
pub(crate) use page::location;
pub use return_to::ReturnTo;
