//! Who is signed in, and the way to the sign-in page and back.

mod guard;
mod own_path;
mod owner;
mod page;
mod return_to;

pub use guard::{RequireSignIn, RequireSignInService};
pub use own_path::own_path;
pub use owner::Owner;
pub(crate) use page::location;
pub use return_to::ReturnTo;
