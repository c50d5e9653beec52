//! A table in MySQL or MariaDB, made, brought up to date and looked at.

mod apply;
mod judge;
mod print;
mod upkeep;

pub use apply::apply;
pub use judge::verify;
pub use print::print;
pub use upkeep::{collect, stats};
