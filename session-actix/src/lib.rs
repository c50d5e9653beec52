#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]
#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod any_error;
mod csrf;
mod extract;
mod failure;
mod finishing;
mod fresh_session;
mod head;
mod lazy_session;
mod maybe_session;
mod options;
mod outcome;
mod owner_sessions;
mod placed;
mod response;
mod service;
mod session;
mod session_middleware;
mod sign_in;

pub use any_error::AnyError;
pub use csrf::{CsrfMiddleware, CsrfService, CsrfToken, CsrfVerdict};
pub use failure::SessionFailure;
pub use fresh_session::FreshSession;
pub use lazy_session::LazySession;
pub use maybe_session::MaybeSession;
pub use owner_sessions::OwnerSessions;
pub use response::{DiscardChanges, ResponseHead};
pub use service::SessionService;
pub use session::Session;
pub use session_http::{CachePolicy, CsrfError, FailureCause, Main, OriginError, own_path};
pub use session_middleware::SessionMiddleware;
pub use sign_in::{Owner, RequireSignIn, RequireSignInService, ReturnTo};
