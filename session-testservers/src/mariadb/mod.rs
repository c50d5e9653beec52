//! A MariaDB server.

mod builder;
mod server;
mod template;

pub use builder::MariaDbBuilder;
pub use server::MariaDb;
