//! Writers who count up in shared sessions through the real drivers, while a test does something to the server: what was
//! acknowledged must be there in the end, once, and nobody may ever see another's session.
//!
//! ```
//! use session_testkit::{ModelStore, load::Load};
//!
//! let tally = Load::new(4, 2).run(ModelStore::new(), |progress| {
//!     while progress.requests() < 100 {
//!         std::thread::yield_now();
//!     }
//! })?;
//! assert!(tally.acknowledged > 0);
//! assert_eq!((tally.lost, tally.doubled, tally.foreign, tally.gone), (0, 0, 0, 0), "{tally}");
//! # Ok::<(), session_testkit::load::LoadError>(())
//! ```

mod census;
mod crowd;
mod device;
mod driver;
mod error;
mod plan;
mod progress;
mod tally;
mod writer;

pub use census::Census;
pub use crowd::Crowd;
pub use error::LoadError;
pub use plan::Load;
pub use progress::Progress;
pub use tally::Tally;
