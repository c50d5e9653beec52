// The README shows extractors, so without them it would not compile.
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]
#![cfg_attr(feature = "axum", doc = include_str!("../README.md"))]
#![cfg_attr(
    not(feature = "axum"),
    doc = "Server-side sessions for tower services; the whole description needs the feature `axum`."
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod cache_policy;
mod client;
mod csrf;
#[cfg(feature = "axum")]
mod extract;
mod failure;
mod failure_text;
#[cfg(feature = "axum")]
mod fresh_session;
mod future;
mod layer;
mod layer_options;
mod lazy_session;
mod owner_sessions;
mod service;
mod session;
mod set_cookie_header;
mod slot;

pub use cache_policy::CachePolicy;
pub use csrf::{CsrfError, CsrfFuture, CsrfLayer, CsrfService, CsrfToken};
pub use failure::{FailureCause, SessionFailure};
#[cfg(feature = "axum")]
pub use fresh_session::FreshSession;
pub use future::ResponseFuture;
pub use layer::SessionLayer;
pub use lazy_session::LazySession;
pub use owner_sessions::OwnerSessions;
pub use service::SessionService;
pub use session::Session;
