//! Protection against requests that another site makes the visitor's browser send.

mod allowed;
mod beginning;
mod error;
mod form;
mod future;
mod layer;
mod multipart;
mod origin;
mod parameter;
mod refusal;
mod request_kind;
mod rules;
mod service;
mod token;
mod verdict;

pub use allowed::OriginError;
pub use error::CsrfError;
pub use future::CsrfFuture;
pub use layer::CsrfLayer;
pub use service::CsrfService;
pub use token::CsrfToken;
pub use verdict::CsrfVerdict;
