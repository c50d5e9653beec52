#![doc = include_str!("../README.md")]
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod faults;
#[cfg(feature = "site")]
mod site;

pub use faults::{Distant, Fault, Faulty, Schedule};
#[cfg(feature = "site")]
pub use site::{
    App, Browser, Clock, Given, Look, Page, RequestBuilder, Site, Transport, signed_in, visitor, with_body,
};
