//! A Redis or Valkey server as an operator sees it.

mod info;
mod judge;
mod keys;
mod survey;

pub(crate) use info::Info;
pub(crate) use judge::judge;
pub(crate) use keys::KeyCount;
pub(crate) use survey::Survey;
