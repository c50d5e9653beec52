//! The session as a handler holds it, and the change it makes.

mod delta;
mod flash;
mod freshness;
mod info;
mod lifecycle;
mod op;
mod open_session;
mod state;
mod token;
mod tokens;
mod view;

pub(crate) use delta::Delta;
pub use flash::Flash;
pub use freshness::SignInRequired;
pub use info::{SessionInfo, SessionPage};
pub(crate) use lifecycle::check_owner;
pub(crate) use op::Op;
pub use open_session::Session;
pub(crate) use state::{Origin, State};
pub use token::TokenText;
pub use tokens::Tokens;
