#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]
#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod answering;
mod any_error;
mod csrf;
mod extract;
mod failure;
mod fresh_session;
mod future;
mod layer;
mod layer_options;
mod lazy_session;
mod owner_sessions;
mod placed;
mod response_head;
mod service;
mod session;
mod sign_in;

pub use any_error::AnyError;
pub use axum_core::body::Body;
pub use csrf::{CsrfFuture, CsrfLayer, CsrfService, CsrfToken, CsrfVerdict};
pub use failure::SessionFailure;
pub use fresh_session::FreshSession;
pub use future::ResponseFuture;
pub use layer::SessionLayer;
pub use lazy_session::LazySession;
pub use owner_sessions::OwnerSessions;
pub use response_head::{DiscardChanges, ResponseHead};
pub use service::SessionService;
pub use session::Session;
pub use session_http::{CachePolicy, CsrfError, FailureCause, Main, OriginError, RequestHead, own_path};
pub use sign_in::{Owner, RequireSignIn, RequireSignInService, ReturnTo};
