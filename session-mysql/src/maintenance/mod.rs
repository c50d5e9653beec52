//! Creating the table, checking it and cleaning it up: what an operator does with `session-setup`, or an application when it is
//! deployed. It needs the feature `blocking`.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use alo_session::mysql::maintenance::Maintenance;
//!
//! let mut maintenance = Maintenance::connect("mysql://admin:secret@127.0.0.1/shop", None)?;
//! let compared = maintenance.compare()?;
//! for difference in compared.differences() {
//!     println!("{difference}");
//! }
//! if let Some(cure) = compared.cure() {
//!     maintenance.cure(cure, false, Duration::from_secs(30), |_| {})?;
//! }
//! # Ok::<(), alo_session::mysql::maintenance::MaintenanceError>(())
//! ```

mod alter;
mod comparison;
mod cure;
mod difference;
mod error;
mod estimate;
mod event_state;
mod found;
mod operator;
mod server_state;
mod stats;

pub use comparison::{Comparison, Origin};
pub use cure::Cure;
pub use difference::Difference;
pub use error::MaintenanceError;
pub use estimate::Estimate;
pub use event_state::EventState;
pub use operator::Maintenance;
pub use server_state::ServerState;
pub use stats::Stats;
