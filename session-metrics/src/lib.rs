#![doc = include_str!("../README.md")]

mod label;
mod metered;

pub use metered::Metered;
