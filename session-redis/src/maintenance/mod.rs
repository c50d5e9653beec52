//! What an operator asks the servers of a store, over the connections that a store makes: what `session-setup` does. It needs
//! the feature `blocking`.
//!
//! ```no_run
//! use alo_session::redis::maintenance::Maintenance;
//!
//! let maintenance = Maintenance::connect("rediss://admin:secret@10.0.0.5/", "_alo_sess_")?;
//! for server in maintenance.masters() {
//!     println!("{server}: {}", maintenance.ask(server, "INFO", &[b"memory"])?.text());
//! }
//! # Ok::<(), alo_session::redis::maintenance::MaintenanceError>(())
//! ```

mod answer;
mod error;
mod operator;
mod server;

pub use answer::Answer;
pub use error::MaintenanceError;
pub use operator::Maintenance;
pub use server::Server;
