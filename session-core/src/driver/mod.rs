//! The asynchronous and the blocking driver. Each is a short loop around an [`Exchange`](crate::exchange::Exchange), and
//! neither needs a certain runtime.

pub mod blocking;
mod nonblocking;

pub use nonblocking::Sessions;
