//! The session id between browser and server: reading `Cookie` headers, writing `Set-Cookie`.
//!
//! Headers of a request are read byte by byte and not trusted: RFC 6265bis lets a browser send several cookies of one
//! name in any order, other sites of the same domain can plant cookies, and a client can send anything. `Set-Cookie` has
//! every attribute of RFC 6265bis, section 4.1, and of CHIPS.

pub(crate) mod read;
mod set_cookie;

pub(crate) use read::{find, values};
pub(crate) use set_cookie::LONGEST;
pub use set_cookie::SetCookie;
pub(crate) use set_cookie::render_beside;
