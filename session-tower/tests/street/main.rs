//! Every day in a browser: what people, browsers, media players, proxies and impatience do to a session, over real
//! connections, with cookies kept as a browser keeps them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on may panic"
)]

mod arrivals;
mod clicks;
mod clients;
mod cookies;
mod dropping;
mod errors;
mod forms;
mod harness;
mod layers;
mod outages;
mod passive;
mod persistence;
mod plain_http;
mod property;
mod races;
mod refusals;
mod returning;
mod sign_outs;
mod socket_ends;
mod sockets;
mod unreadable;
mod visitors;
