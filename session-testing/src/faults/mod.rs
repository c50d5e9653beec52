//! A store in front of any other that fails on a schedule.

mod fault;
mod faulty;
mod schedule;

pub use fault::Fault;
pub use faulty::Faulty;
pub use schedule::Schedule;
