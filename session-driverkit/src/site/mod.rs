//! The site of a case: a server with the driver, its store and its time.

#[allow(clippy::module_inception, reason = "one main type for each file")]
mod site;
mod stage;

pub(crate) use site::Site;
pub(crate) use stage::Stage;
