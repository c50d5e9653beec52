//! A Redis or Valkey server as an operator sees it.

mod acl;
mod info;
mod judge;
mod keys;
mod survey;

pub use acl::acl_line;
pub use info::Info;
pub use judge::judge;
pub use keys::KeyCount;
pub use survey::{Survey, SurveyError};
