//! A cookie jar that keeps and sends cookies as a browser does (RFC 6265bis, and CHIPS for `Partitioned`).
//!
//! The test says what time it is. A [`Trip`] says where a request goes and which page makes it, so that `SameSite` and
//! `Partitioned` can be honoured.
//!
//! ```
//! use std::time::Duration;
//! use session_testservers::jar::{Jar, Place, Trip};
//!
//! let shop = Place::parse("https://shop.example/cart");
//! let now = Duration::from_secs(1_000_000);
//! let mut jar = Jar::new();
//! assert!(jar.keep("AloSession=abc; Path=/; Secure; SameSite=Lax; Max-Age=60", &Trip::to(&shop), now));
//! assert_eq!(jar.header(&Trip::to(&shop), now).as_deref(), Some("AloSession=abc"));
//! let evil = Place::parse("https://evil.example/");
//! assert_eq!(jar.header(&Trip::to(&shop).from(&evil).method("POST"), now), None);
//! assert_eq!(jar.header(&Trip::to(&shop), now + Duration::from_secs(60)), None);
//! ```

mod cookie;
mod date;
mod place;
mod store;
#[cfg(test)]
mod tests;
mod trip;

pub use cookie::{Cookie, SameSiteRule};
pub use place::Place;
pub use store::Jar;
pub use trip::Trip;
