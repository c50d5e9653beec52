//! The faces of a store, in one shape, so that each case is written once.

mod at_once;
mod blocking;
mod cross;
mod kind;

pub(crate) use at_once::AtOnce;
pub(crate) use blocking::Blocking;
pub(crate) use cross::Cross;
pub(crate) use kind::FaceKind;
