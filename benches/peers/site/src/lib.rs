//! What the sites of all contenders have in common: how they are started, what they serve, what a session holds.
//!
//! | route | |
//! |---|---|
//! | `/untouched` | the library is there, the handler does not look at the session |
//! | `/read` | reads `user` and `last_seen` |
//! | `/increment` | reads `last_seen` and writes it, one higher |
//! | `/new` | writes two keys, which founds a session |
//! | `/fill` | writes six keys, about 400 bytes, which founds a session |
//! | `/write/{key}/{pause}` | looks at the session, waits so many milliseconds, writes 1 to the key |
//! | `/value/{key}` | the number at the key, or nothing |
//! | `/rotate` | another id for the session |
//! | `/end` | the session ends, as when signing out |
#![allow(clippy::unwrap_used, reason = "a tool of the developer: whatever goes wrong ends it")]

mod content;
mod start;

pub use content::{LAST_SEEN, LOCALE, NAME, ROLES, USER, cart};
pub use start::Start;
