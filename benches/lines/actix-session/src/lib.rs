//! The features with actix-session, actix-identity and actix-web-flash-messages.

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

//- remember: a `SessionLifecycle` is one for the whole middleware: everybody is remembered, or nobody
//- devices: a table of sessions and owners beside the store, which ends nothing: it has no way to delete another session
//- csrf: a token in the session, and a middleware that reads the form; `actix-csrf` has stayed a beta for years
//- csrf-multipart: the token read from the first part of the form, by each handler
//- socket: a session that was loaded cannot be loaded again
//- job: as for devices; or a column with a number that each request compares with one in its session
//- store: a store is a type parameter of the middleware, and Redis is the only server among them
//- metrics: a store around the store, with its five methods
//- audit: the same line of one's own at each sign-in and sign-out
