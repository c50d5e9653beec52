#![doc = include_str!("../README.md")]

mod csrf;
mod extract;
mod failure;
mod sessions;

pub use csrf::{Csrf, CsrfEndpoint};
pub use extract::{CsrfToken, Owners, Session, forget};
pub use failure::SessionFailure;
pub use sessions::{DiscardChanges, Sessions, SessionsEndpoint};
