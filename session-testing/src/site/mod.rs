//! An application under test, and the browsers that look at it.

mod address;
mod app;
mod assertions;
mod backing;
mod browser;
mod clock;
mod cookies;
mod dress;
mod forms;
mod given;
mod look;
mod page;
mod request;
mod seen;
#[allow(clippy::module_inception, reason = "one main type for each file")]
mod site;
mod story;
mod unit;
mod watched;

pub use app::{App, Transport, with_body};
pub use browser::Browser;
pub use clock::Clock;
pub use given::Given;
pub use look::Look;
pub use page::Page;
pub use request::RequestBuilder;
pub use site::Site;
pub use unit::{signed_in, visitor};
