//! Which server is asked, and whether a connection to it may be used. No I/O.

mod directory;
pub(crate) mod handshake;
mod redirects;
mod slots;

pub(crate) use directory::Directory;
pub(crate) use redirects::{Progress, Redirects};
#[cfg(test)]
pub(crate) use slots::slot_of;
