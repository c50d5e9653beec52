//! A MariaDB or MySQL server.

mod builder;
mod galera;
mod product;
mod replication_group;
mod server;
mod template;

pub use builder::MariaDbBuilder;
pub use galera::Galera;
pub use replication_group::ReplicationGroup;
pub use server::MariaDb;
