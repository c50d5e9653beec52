//! Whole sessions over the store, through the real drivers, as an application uses them.

mod at_once;
mod browser;
mod crash;
mod endings;
mod reading;
mod rotation;
mod sign_in;
mod site;
mod writers;

pub(crate) use at_once::AtOnce;
pub(crate) use browser::Browser;
pub(crate) use site::Site;

use session_core::{OpenSession, SessionError};

use crate::case::Case;

/// What a request does to its session.
type Handled = Result<(), SessionError>;
type Handler = fn(&OpenSession) -> Handled;

/// Every case, in the order of the scenarios.
pub(crate) const GROUPS: [&[Case]; 6] =
    [writers::CASES, endings::CASES, sign_in::CASES, rotation::CASES, reading::CASES, crash::CASES];
