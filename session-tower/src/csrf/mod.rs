//! Protection against requests that another site makes the visitor's browser send.

mod error;
mod form;
mod future;
mod layer;
mod origin;
mod rules;
mod service;
mod token;

pub use error::CsrfError;
pub use future::CsrfFuture;
pub use layer::CsrfLayer;
pub use service::CsrfService;
pub use token::CsrfToken;
