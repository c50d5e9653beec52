//! Between our statements and replies and those of `tokio-postgres`, for both APIs.

mod driver;
mod link;
mod startup;
mod stream;
mod value;

pub(crate) use link::Link;
pub(crate) use startup::Startup;
pub(crate) use stream::Stream;

use std::{error::Error as _, io};

use session_sql::ErrorKind;
use tokio_postgres::Error;

use crate::Postgres;

/// Neither the text of the server's errors nor that of the library's contains a value; what the server adds as detail may.
fn error_kind(error: &Error) -> ErrorKind {
    if let Some(refusal) = error.as_db_error() {
        return ErrorKind::refused::<Postgres>(None, refusal.code().code(), refusal.message().to_owned());
    }
    match error.source().and_then(|source| source.downcast_ref::<io::Error>()) {
        Some(error) if error.kind() == io::ErrorKind::InvalidInput => ErrorKind::TooLarge,
        Some(error) => ErrorKind::Lost(error.to_string()),
        None => ErrorKind::Lost(error.to_string()),
    }
}

/// There is no server at the socket of the file system.
pub(crate) fn no_connection(path: &str, error: &io::Error) -> ErrorKind {
    ErrorKind::Unreachable(format!("no connection to {path}: {error}"))
}
