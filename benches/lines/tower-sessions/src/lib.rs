//! The features with tower-sessions, axum-login and axum-messages.

pub mod account;
pub mod cart;
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

//- devices: a table of sessions and owners beside the store, kept up to date at each sign-in, sign-out and rotation
//- csrf: a crate such as `axum_csrf`, with a cookie and a key of its own, that each handler asks for its verdict
//- csrf-multipart: the token read from the first part of the form, by each handler
//- job: the table of devices, or a column with a number that is part of `session_auth_hash` and is counted up
//- metrics: a store around the store, with its four methods
//- audit: a line of one's own at each sign-in and sign-out, which misses what expires and what is ended elsewhere
