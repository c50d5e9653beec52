//! Protection against requests that another site makes the visitor's browser send.

mod beginning;
mod future;
mod layer;
mod protection;
mod service;
mod token;
mod verdict;

pub use future::CsrfFuture;
pub use layer::CsrfLayer;
pub use service::CsrfService;
pub use token::CsrfToken;
pub use verdict::CsrfVerdict;
