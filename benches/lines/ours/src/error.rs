//! The error type of the handlers is the library's.

//> error
//<
pub type Result<T> = std::result::Result<T, alo_session::AnyError>;
