#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod cache_policy;
mod client;
mod driver;
#[cfg(feature = "axum")]
mod extract;
mod failure;
mod future;
mod layer;
mod lazy_session;
mod service;
mod session;
mod settings;
mod slot;

pub use cache_policy::CachePolicy;
pub use failure::{FailureCause, SessionFailure};
pub use future::ResponseFuture;
pub use layer::SessionLayer;
pub use lazy_session::LazySession;
pub use service::SessionService;
pub use session::Session;
