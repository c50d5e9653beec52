//! The two APIs of a store in one shape, so that each case is written once.

mod at_once;
mod cross;
mod kind;
mod off_the_runtime;

pub(crate) use at_once::AtOnce;
pub(crate) use cross::Cross;
pub(crate) use kind::ApiKind;
pub(crate) use off_the_runtime::OffTheRuntime;
