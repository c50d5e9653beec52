//! The new id of a session.

use crate::{
    Context,
    id::{CookieId, EntropyError, Family},
    session::Base,
    store::Cap,
};

/// The family to which a session of this owner belongs. Returns `None` if it founds one.
pub(super) fn family_of(owner: Option<&str>, from: Option<&Base>, context: &Context) -> Option<Family> {
    match owner {
        Some(owner) => Some(context.config().family_of(owner)),
        None => from.map(|base| base.key.family).filter(|family| !family.is_owned()),
    }
}

pub(super) fn generate(family: Option<Family>, context: &Context) -> Result<CookieId, EntropyError> {
    CookieId::generate(context.config().algorithm, family, context.entropy())
}

/// The limit on the sessions of the id's family.
pub(super) fn cap(id: &CookieId, context: &Context) -> Option<Cap> {
    context.config().cap().filter(|_| id.key().is_owned())
}
