//! Redis servers: single, with Sentinel, and as a cluster.

mod builder;
mod client;
mod cluster;
mod reply;
mod sentinel;
mod server;

pub use builder::RedisBuilder;
pub use cluster::RedisCluster;
pub use reply::Reply;
pub use sentinel::SentinelTrio;
pub use server::RedisServer;
