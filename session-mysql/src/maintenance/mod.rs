//! Creating the table, checking it and cleaning it up: what an operator does with `session-setup`, or an application when it is
//! deployed. It needs the feature `blocking`.
//!
//! ```no_run
//! use session_mysql::maintenance::Maintenance;
//!
//! let mut maintenance = Maintenance::connect("mysql://admin:secret@127.0.0.1/shop", None)?;
//! for difference in maintenance.differences()? {
//!     println!("{difference}");
//!     if let Some(cure) = difference.cure() {
//!         maintenance.execute(cure)?;
//!     }
//! }
//! # Ok::<(), session_mysql::maintenance::MaintenanceError>(())
//! ```

mod difference;
mod error;
mod event_state;
mod found;
mod operator;
mod stats;

pub use difference::Difference;
pub use error::MaintenanceError;
pub use event_state::EventState;
pub use operator::Maintenance;
pub use stats::Stats;
