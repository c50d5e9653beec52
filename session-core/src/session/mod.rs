//! The session that a handler uses, and the change that a request makes.

mod arrival;
mod delta;
mod error;
mod flash;
mod freshness;
mod info;
mod key;
mod lifecycle;
mod op;
mod open_session;
mod owner;
mod replay;
mod shown;
mod state;
mod token;
mod tokens;
mod update;
mod value;
mod view;
mod visitor;

pub use arrival::Arrival;
pub(crate) use arrival::{Arrived, Standing};
pub(crate) use delta::Delta;
pub use error::ValueError;
pub use flash::Flash;
pub use freshness::SignInRequired;
pub use info::{SessionInfo, SessionPage};
pub use key::{AsKey, Key};
pub(crate) use op::Op;
pub use open_session::OpenSession;
pub(crate) use owner::check_owner;
pub(crate) use state::{Base, State};
pub use token::{TokenText, TokenVerdict};
pub use tokens::Tokens;
pub(crate) use tokens::tokens_of;
pub(crate) use visitor::Visitor;
