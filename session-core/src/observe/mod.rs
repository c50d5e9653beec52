//! Events of sessions for the application: for notices to owners, audit logs and counters.
//!
//! ```
//! use alo_session::{Context, SessionConfig, observe::{Event, observer}};
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
//!
//! In an asynchronous program a task takes them, in any runtime:
//!
//! ```
//! use alo_session::observe::Events;
//!
//! async fn audit(mut events: Events) {
//!     while let Some(event) = events.next().await {
//!         println!("{event:?}; {} were lost so far", events.missed());
//!     }
//! }
//! ```

mod channel;
mod event;
pub(crate) mod log;
mod queue;
mod traced;

pub use channel::{BlockingEvents, Events, Observer, observer};
pub use event::{EndedBy, Event, Rejection};
pub use traced::Traced;
