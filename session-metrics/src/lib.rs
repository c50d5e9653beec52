#![doc = include_str!("../README.md")]

mod metered;

pub use metered::Metered;
