//! Stores that keep every rule as long as there is one instance of them, and break one as soon as there are two.

mod defect;
mod fixture;
mod instance;
mod memory;

pub(crate) use defect::{ALL, Apart};
pub(crate) use fixture::ApartFixture;
use instance::Instance;
use memory::Memory;
