//! Stores in front of any other: one that fails on a schedule, and one that is far away.

mod distant;
mod fault;
mod faulty;
mod schedule;

pub use distant::Distant;
pub use fault::Fault;
pub use faulty::Faulty;
pub use schedule::Schedule;
