//! The behaviour of a session, seen from outside: through a driver, with a cookie jar, in logical time.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, unreachable_pub, reason = "test code")]

mod anonymous;
mod arrivals;
mod by_header;
mod closures;
mod cookies;
mod failures;
mod fingerprints;
mod freshness;
mod full;
mod lifetimes;
mod limits;
mod long_lived;
mod numbers;
mod observed;
mod owners;
mod replaced;
mod reuse;
mod room;
mod rotations;
mod secrecy;
mod secrets;
mod shown;
mod site;
#[path = "../support/mod.rs"]
mod support;
mod sweeping;
mod tokens;
mod typed;
mod visitors;
