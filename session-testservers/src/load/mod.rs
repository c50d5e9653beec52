//! Writers that count up in shared sessions through the real drivers, while a test disturbs the server. Every
//! acknowledged write must be there once at the end, and no request may see the session of another.
//!
//! ```
//! use session_memory::MemoryStore;
//! use session_testservers::load::Load;
//!
//! let tally = Load::new(4, 2).run(MemoryStore::new(), |progress| {
//!     while progress.requests() < 100 {
//!         std::thread::yield_now();
//!     }
//! })?;
//! assert!(tally.acknowledged > 0);
//! assert_eq!((tally.lost, tally.doubled, tally.foreign, tally.gone), (0, 0, 0, 0), "{tally}");
//! # Ok::<(), session_testservers::load::LoadError>(())
//! ```

mod browser;
mod census;
mod crowd;
mod device;
mod driver;
mod error;
mod plan;
mod progress;
mod random;
mod storm;
mod tally;
mod writer;

pub use census::Census;
pub use crowd::Crowd;
pub use error::LoadError;
pub use plan::Load;
pub use progress::Progress;
pub use storm::{assert_orderly, assert_sound, crash, disturb, is_long};
pub use tally::Tally;
