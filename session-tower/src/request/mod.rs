//! What a request tells about its session.

mod circumstances;
mod client;
mod head;
mod headers;
mod hints;
mod plain_http;

pub(crate) use circumstances::Circumstances;
pub(crate) use client::{Client, visit};
pub use head::RequestHead;
pub(crate) use hints::Hints;
