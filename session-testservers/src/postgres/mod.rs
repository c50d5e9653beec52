//! A PostgreSQL server, its standby, and PgBouncer in front of it.

mod bouncer;
mod builder;
mod pair;
mod programs;
mod server;
mod startup;
mod template;

pub use bouncer::PgBouncer;
pub use builder::PostgresBuilder;
pub use pair::PostgresPair;
pub use server::Postgres;
