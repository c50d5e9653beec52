//! The features with alo-session.

pub mod account;
pub mod cart;
pub mod csrf;
pub mod devices;
pub mod error;
pub mod flash;
pub mod oauth;
pub mod operation;
pub mod role;
pub mod setup;
#[path = "../../shop.rs"]
pub mod shop;
pub mod sign_in;
pub mod socket;
