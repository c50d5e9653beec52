//! Another instance over the data of a store, in a process of its own: the same test program, started once more.

mod child;
mod instances;
mod lost;
mod output;
mod peers;
mod process;
mod remote;
mod wire;

pub(crate) use child::{asked_to_serve, serve};
pub(crate) use lost::Lost;
pub(crate) use peers::{Join, Peers};

/// Tells a test program that it is the process of a peer: the number of the fixture, and a word for the greeting.
const VARIABLE: &str = "SESSION_TEST_PEER";

/// What the parent sends first, so that nobody else is served.
type Secret = [u8; 32];
