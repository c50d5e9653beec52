//! Which server is asked, and whether it may be used. No I/O.

pub(crate) mod directory;
pub(crate) mod handshake;
pub(crate) mod slots;
