//! A store that fails when it is told to, in front of any other.

mod fault;
mod faulty;
mod schedule;

pub use fault::Fault;
pub use faulty::Faulty;
pub use schedule::Schedule;
