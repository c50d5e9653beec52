//! Who is signed in, and the way back after a sign-in.

mod guard;
mod owner;
mod return_to;

pub use guard::{RequireSignIn, RequireSignInService};
pub use owner::Owner;
pub use return_to::ReturnTo;
