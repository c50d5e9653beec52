//! What a request tells about its session.

mod circumstances;
mod client;
mod head;
mod headers;
mod hints;
mod plain_http;
mod request_head;

pub(crate) use circumstances::Circumstances;
pub use client::Client;
pub use head::Head;
pub(crate) use head::{first, is_safe, lines, text};
pub(crate) use headers::Headers;
pub(crate) use hints::Hints;
pub use request_head::RequestHead;
