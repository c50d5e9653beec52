//! Events of sessions for the application: for notices to owners, audit logs and counters.
//!
//! ```
//! use session_core::{Context, SessionConfig, observe::{Event, observer}};
//!
//! let (observer, events) = observer(1024);
//! let audit = std::thread::spawn(move || {
//!     for event in events {
//!         if let Event::LoggedIn { session, owner } = event {
//!             println!("{owner} signed in as session {session}");
//!         }
//!     }
//! });
//! let context = Context::new(SessionConfig::default()).observed(observer);
//! // `Sessions::with_context(store, context)`, and for axum `SessionLayer::from_sessions` of that.
//! # drop(context);
//! # audit.join().unwrap();
//! ```

mod channel;
mod event;
pub(crate) mod log;

pub use channel::{Events, Observer, observer};
pub use event::{EndedBy, Event, Rejection};
