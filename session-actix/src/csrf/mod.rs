//! Protection against requests that another site makes the visitor's browser send.

mod beginning;
mod middleware;
mod options;
mod service;
mod token;
mod verdict;

pub use middleware::CsrfMiddleware;
pub use service::CsrfService;
pub use token::CsrfToken;
pub use verdict::CsrfVerdict;
