//! A store with its own server, behind a real connection.

mod client;
mod server;
mod store;

pub(crate) use client::Remote;
pub(crate) use server::Server;
