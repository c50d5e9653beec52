//! The two drivers: a short loop around an [`Exchange`](crate::exchange::Exchange), once asynchronous and once
//! blocking. Neither needs a runtime of its own.

pub mod blocking;
mod nonblocking;

pub use nonblocking::Sessions;
