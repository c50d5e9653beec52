#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]
#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod answering;
mod cache_policy;
mod circumstances;
mod client;
mod csrf;
mod extract;
mod failure;
mod failure_text;
mod fresh_session;
mod future;
mod headers;
mod hints;
mod kind;
mod layer;
mod layer_options;
mod lazy_session;
mod owner_sessions;
mod placed;
mod plain_http;
mod request_head;
mod response_head;
mod saving_response;
mod service;
mod session;
mod set_cookie_header;
mod slot;

pub use axum_core::body::Body;
pub use cache_policy::CachePolicy;
pub use csrf::{CsrfError, CsrfFuture, CsrfLayer, CsrfService, CsrfToken, CsrfVerdict, OriginError};
pub use failure::{FailureCause, SessionFailure};
pub use fresh_session::FreshSession;
pub use future::ResponseFuture;
pub use kind::Main;
pub use layer::SessionLayer;
pub use lazy_session::LazySession;
pub use owner_sessions::OwnerSessions;
pub use request_head::RequestHead;
pub use response_head::{DiscardChanges, ResponseHead};
pub use service::SessionService;
pub use session::Session;
