//! A MariaDB or MySQL server.

mod builder;
mod product;
mod server;
mod template;

pub use builder::MariaDbBuilder;
pub use server::MariaDb;
