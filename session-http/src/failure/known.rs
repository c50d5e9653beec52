//! Errors of the library, found among those of an application.

use std::error::Error;

use session_core::{
    SessionError, ValueError,
    id::{ParseHandleError, ParseIdError},
    session::SignInRequired,
    store::ParseCursorError,
};

use crate::{CsrfError, FailureCause, SessionFailure};

/// The failure that `error` is. What the visitor caused is found without the [`SessionError`] around it, too; what a store says
/// alone is not, because nobody has logged it.
pub(super) fn known(error: &(dyn Error + 'static)) -> Option<SessionFailure> {
    is::<SessionFailure, SessionFailure>(error)
        .or_else(|| error.downcast_ref().and_then(again).map(Into::into))
        .or_else(|| is::<SessionError, SessionError>(error))
        .or_else(|| is::<ValueError, SessionError>(error))
        .or_else(|| is::<SignInRequired, SessionError>(error))
        .or_else(|| is::<CsrfError, CsrfError>(error))
        .or_else(|| is::<ParseHandleError, ParseHandleError>(error))
        .or_else(|| is::<ParseCursorError, ParseCursorError>(error))
        .or_else(|| is::<ParseIdError, ParseIdError>(error))
}

/// The failure of an error that is an `E`, which is told as a `T`.
fn is<E: Error + Clone + Into<T> + 'static, T: Into<SessionFailure>>(
    error: &(dyn Error + 'static),
) -> Option<SessionFailure> {
    error.downcast_ref::<E>().map(|error| error.clone().into().into())
}

/// The same cause once more; that of an application cannot be cloned.
fn again(cause: &FailureCause) -> Option<FailureCause> {
    Some(match cause {
        FailureCause::MissingLayer => FailureCause::MissingLayer,
        FailureCause::MissingCsrfLayer => FailureCause::MissingCsrfLayer,
        FailureCause::Session(error) => FailureCause::Session(error.clone()),
        FailureCause::Csrf(error) => FailureCause::Csrf(*error),
        FailureCause::Forbidden => FailureCause::Forbidden,
        FailureCause::Handle(error) => FailureCause::Handle(*error),
        FailureCause::Cursor(error) => FailureCause::Cursor(*error),
        FailureCause::Id(error) => FailureCause::Id(*error),
        FailureCause::Other(_) => return None,
    })
}
