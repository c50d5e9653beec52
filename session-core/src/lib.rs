//! Server-side sessions without I/O.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod config;
pub mod cookie;
pub mod fingerprint;
pub mod id;
pub mod store;
pub mod visit;
