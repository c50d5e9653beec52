#![doc = include_str!("../README.md")]

pub mod args;
mod finding;
pub mod mysql;
pub mod redis;

pub use finding::{Finding, Level};
