//! What an error of the client means for the caller.

use std::io;

use session_core::store::{Applied, StoreError, StoreErrorKind};

/// The failure of a request that was sent, as the contract names it.
///
/// An answer of the server says that nothing was done. After anything else the request may have been carried out, unless
/// no connection was made at all.
pub(crate) fn failure(error: redis::RedisError) -> StoreError {
    let (kind, applied) = match error.code() {
        Some(code) => (of_code(code), Applied::No),
        None => of_client(&error),
    };
    StoreError::new(kind, applied).with_source(error)
}

/// A read changes nothing, however it failed.
pub(crate) fn read(error: StoreError) -> StoreError {
    let kind = error.kind();
    StoreError::new(kind, Applied::No).with_source(error)
}

/// The kind of an answer that is an error; its first word is its code.
fn of_code(code: &str) -> StoreErrorKind {
    match code {
        "READONLY" => StoreErrorKind::ReadOnly,
        "OOM" => StoreErrorKind::OutOfSpace,
        "LOADING" | "MASTERDOWN" | "CLUSTERDOWN" | "TRYAGAIN" | "NOREPLICAS" | "MISCONF" => {
            StoreErrorKind::Unavailable
        }
        "BUSY" => StoreErrorKind::Overloaded,
        "NOAUTH" | "NOPERM" | "WRONGPASS" => StoreErrorKind::Denied,
        "WRONGTYPE" => StoreErrorKind::Undecodable,
        _ => StoreErrorKind::Other,
    }
}

fn of_client(error: &redis::RedisError) -> (StoreErrorKind, Applied) {
    let io = std::error::Error::source(error).and_then(|source| source.downcast_ref::<io::Error>());
    match io.map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound) => {
            return (StoreErrorKind::Unavailable, Applied::No);
        }
        _ if error.is_timeout() => return (StoreErrorKind::Timeout, Applied::Unknown),
        _ => {}
    }
    match error.kind() {
        redis::ErrorKind::Io => (StoreErrorKind::Unavailable, Applied::Unknown),
        redis::ErrorKind::AuthenticationFailed => (StoreErrorKind::Denied, Applied::No),
        redis::ErrorKind::InvalidClientConfig => (StoreErrorKind::Unsupported, Applied::No),
        redis::ErrorKind::Parse | redis::ErrorKind::UnexpectedReturnType => {
            (StoreErrorKind::Protocol, Applied::Unknown)
        }
        _ => (StoreErrorKind::Other, Applied::Unknown),
    }
}
