//! Connections that are kept for the next operation.

pub(crate) mod idle;
