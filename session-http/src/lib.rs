#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]
#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod csrf;
mod failure;
mod http_sessions;
mod kind;
mod owner_sessions;
mod request;
mod request_session;
mod response;
mod session;
mod sign_in;
mod to_the_end;

pub use csrf::{
    CsrfChecks, CsrfError, CsrfRefusal, CsrfRules, CsrfToken, FormReader, OriginError, TokenSearch,
};
pub use failure::{FailureCause, SessionFailure};
pub use http_sessions::HttpSessions;
pub use kind::{Kind, Main};
pub use owner_sessions::OwnerSessions;
pub use request::{Client, Head, RequestHead};
pub use request_session::RequestSession;
pub use response::{Answering, CachePolicy, ResponseHeaders, Saving, Verdict};
pub use session::Session;
pub use sign_in::{Demand, ReturnTo, own_path};
