//! What only this database says and does, for its tests.

#![allow(dead_code, reason = "not every test uses all")]

pub(crate) mod admin;
pub(crate) mod here;
pub(crate) mod pair;
