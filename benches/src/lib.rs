#![doc = include_str!("../README.md")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "what is prepared here cannot fail, and nobody recovers from it"
)]

mod load;
mod site;

pub use load::Load;
pub use site::Site;
