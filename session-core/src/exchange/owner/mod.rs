//! Listing and ending the sessions of an owner, outside of their requests.

mod end_all;
mod end_one;
mod list;

pub use end_all::{Revoking, end_all, end_others};
pub use end_one::{Ending, end};
pub use list::{Listing, list};

use crate::{
    Context,
    id::Family,
    session::{ValueError, check_owner},
};

/// The family of the sessions of the owner with this name.
fn family_of(context: &Context, owner: &str) -> Result<Family, ValueError> {
    check_owner(owner)?;
    Ok(Family::of_owner(owner, context.config().secret.as_deref()))
}
