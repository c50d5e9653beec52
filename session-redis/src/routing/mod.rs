//! Which server is asked, and whether a connection to it may be used. No I/O.

mod directory;
mod greeting;
pub(crate) mod handshake;
mod known;
mod redirects;
mod rounds;
mod slots;

pub(crate) use directory::{Asked, Directory, Place};
pub(crate) use greeting::Greeting;
pub(crate) use redirects::{Progress, Redirects};
#[cfg(test)]
pub(crate) use slots::slot_of;
