//! A small site that shows what `alo-session` does: a visit counter, a cart, signing in and out, an order that can be
//! sent once, and a page that shows the session itself.
//!
//! It is written to be read. Start with [`app`]; each page is one file of `pages`, which knows the session and no web
//! framework.

mod answer;
pub mod args;
mod assets;
mod cart;
mod config;
mod device;
mod framework;
mod layout;
#[cfg(feature = "actix")]
mod on_actix;
mod on_axum;
mod pages;
mod problem;
mod products;
pub mod signals;
mod store_choice;
mod time;

pub use config::config;
pub use framework::Framework;
#[cfg(feature = "actix")]
pub use on_actix::site;
pub use on_axum::app;
pub use store_choice::StoreChoice;
