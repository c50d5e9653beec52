//! Creating the table, checking it and cleaning it up: what an operator does with `session-setup`, or an application when it is
//! deployed. It needs the feature `blocking`.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use alo_session::postgres::maintenance::Maintenance;
//!
//! let mut maintenance = Maintenance::connect("postgres://admin:secret@127.0.0.1/shop", None)?;
//! let compared = maintenance.compare()?;
//! for difference in compared.differences() {
//!     println!("{difference}");
//! }
//! for statement in compared.cure() {
//!     maintenance.cure(statement, Duration::from_secs(30))?;
//! }
//! # Ok::<(), alo_session::postgres::maintenance::MaintenanceError>(())
//! ```

mod comparison;
mod error;
mod found;
mod operator;
mod server_state;
mod stats;

pub use comparison::{Comparison, Origin};
pub use error::MaintenanceError;
pub use operator::Maintenance;
pub use server_state::ServerState;
pub use stats::{Estimate, Stats};
