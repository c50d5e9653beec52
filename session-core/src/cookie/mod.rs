//! The session id between browser and server: reading `Cookie` headers, writing `Set-Cookie`.
//!
//! What comes in is read byte by byte and believed in nothing: RFC 6265bis lets a browser send several cookies of one
//! name in any order, other sites of the same domain can plant some, and anybody can send anything. What goes out has
//! every attribute that RFC 6265bis, section 4.1, and CHIPS ask for.

mod read;
mod set_cookie;

pub use read::candidates;
pub(crate) use read::find;
pub use set_cookie::SetCookie;
