//! Listing and ending the sessions of an owner, outside of their requests.

mod end_all;
mod end_one;
mod ended_here;
mod forget;
mod list;

pub use end_all::{Revoking, end_all, end_others};
pub use end_one::{Ending, end};
pub use ended_here::ended_here;
pub use forget::{Forgetting, forget};
pub use list::{Listing, list};

use crate::{
    Context,
    id::Family,
    session::{ValueError, check_owner},
};

/// The families of the sessions of the owner with this name, in the order in which they must be ended.
fn families_of(context: &Context, owner: &str) -> Result<Vec<Family>, ValueError> {
    check_owner(owner)?;
    Ok(context.config().families_of(owner).collect())
}
