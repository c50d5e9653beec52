#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]
#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod csrf;
mod extract;
mod failure;
mod failure_text;
mod fresh_session;
mod future;
mod kind;
mod layer;
mod layer_options;
mod lazy_session;
mod owner_sessions;
mod placed;
mod request;
mod response;
mod service;
mod session;
mod sign_in;
mod slot;

pub use axum_core::body::Body;
pub use csrf::{CsrfError, CsrfFuture, CsrfLayer, CsrfService, CsrfToken, CsrfVerdict, OriginError};
pub use failure::{FailureCause, SessionFailure};
pub use fresh_session::FreshSession;
pub use future::ResponseFuture;
pub use kind::Main;
pub use layer::SessionLayer;
pub use lazy_session::LazySession;
pub use owner_sessions::OwnerSessions;
pub use request::RequestHead;
pub use response::{CachePolicy, DiscardChanges, ResponseHead};
pub use service::SessionService;
pub use session::Session;
pub use sign_in::{Owner, RequireSignIn, RequireSignInService, ReturnTo, own_path};
