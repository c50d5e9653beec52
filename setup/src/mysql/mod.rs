//! A table in MySQL or MariaDB, made, brought up to date and looked at.

mod apply;
mod judge;
mod print;

pub(crate) use apply::apply;
pub(crate) use judge::verify;
pub(crate) use print::print;
