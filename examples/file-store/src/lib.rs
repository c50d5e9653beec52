//! Sessions in files, one for each family: the store that the guide of `session-testkit` builds.
//!
//! It is complete and keeps every rule, and it is meant to be read: one process or several on one machine may
//! share a directory, none of them needs a server.
//!
//! ```
//! use file_store::FileStore;
//! use session_core::{
//!     id::{Algorithm, CookieId, Generator},
//!     store::{BlockingStore as _, Revision, Write},
//! };
//! use std::time::Duration;
//!
//! # let directory = std::env::temp_dir().join(format!("file-store-example-{}", std::process::id()));
//! let store = FileStore::open(&directory)?;
//! let id = CookieId::generate(Algorithm::Sha256, None, &Generator)?;
//! let write = Write { next: Revision::from_bytes([1; 16]), data: b"cart", ttl: Duration::from_secs(300) };
//! store.create(id.key(), write, None)?;
//! assert!(store.load(id.key())?.is_some());
//! # std::fs::remove_dir_all(directory)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod failure;
mod file;
mod record;
mod sessions;
mod store;

pub use store::FileStore;
