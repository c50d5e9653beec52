//! Server-side sessions without I/O.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod id;
pub mod store;
