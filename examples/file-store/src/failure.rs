use std::io;

use session_core::store::{Applied, StoreError, StoreErrorKind};

/// What the file system said, in the words of the contract. All that may fail happens before the rename, which
/// happens or does not, so nothing was applied.
pub(crate) fn failed(error: io::Error) -> StoreError {
    let kind = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreErrorKind::OutOfSpace,
        io::ErrorKind::ReadOnlyFilesystem => StoreErrorKind::ReadOnly,
        io::ErrorKind::PermissionDenied => StoreErrorKind::Denied,
        io::ErrorKind::FileTooLarge => StoreErrorKind::TooLarge,
        _ => StoreErrorKind::Unavailable,
    };
    StoreError::new(kind, Applied::No).with_source(error)
}

/// What the caller asks cannot be meant.
pub(crate) fn mistaken(what: &'static str) -> StoreError {
    StoreError::new(StoreErrorKind::Other, Applied::No).with_source(what)
}

/// What is stored is not a record of this store.
pub(crate) fn undecodable(what: &'static str) -> StoreError {
    StoreError::new(StoreErrorKind::Undecodable, Applied::No).with_source(what)
}
