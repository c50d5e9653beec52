#![doc = include_str!("../README.md")]
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]

mod faults;

pub use faults::{Distant, Fault, Faulty, Schedule};

#[cfg(feature = "site")]
mod address;
#[cfg(feature = "site")]
mod app;
#[cfg(feature = "site")]
mod assertions;
#[cfg(feature = "site")]
mod backing;
#[cfg(feature = "site")]
mod browser;
#[cfg(feature = "site")]
mod clock;
#[cfg(feature = "site")]
mod cookies;
#[cfg(feature = "site")]
mod dress;
#[cfg(feature = "site")]
mod forms;
#[cfg(feature = "site")]
mod given;
#[cfg(feature = "site")]
mod look;
#[cfg(feature = "site")]
mod page;
#[cfg(feature = "site")]
mod request;
#[cfg(feature = "site")]
mod seen;
#[cfg(feature = "site")]
mod site;
#[cfg(feature = "site")]
mod story;
#[cfg(feature = "site")]
mod unit;
#[cfg(feature = "site")]
mod watched;

#[cfg(feature = "site")]
pub use self::{
    app::{App, Transport, with_body},
    browser::Browser,
    clock::Clock,
    given::Given,
    look::Look,
    page::Page,
    request::RequestBuilder,
    site::Site,
    unit::{signed_in, visitor},
};
