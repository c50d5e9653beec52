//! Protection against requests that another site makes the visitor's browser send.

mod allowed;
mod checks;
mod error;
mod form;
mod multipart;
mod origin;
mod parameter;
mod refusal;
mod request_kind;
mod rules;
mod token;

pub use allowed::OriginError;
pub use checks::CsrfChecks;
pub use error::CsrfError;
pub use form::{FormReader, TokenSearch};
pub use refusal::CsrfRefusal;
pub use rules::CsrfRules;
pub use token::CsrfToken;
