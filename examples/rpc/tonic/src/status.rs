//! What HTTP says by the status of a response, gRPC says by a header or a trailer of a 200.

use alo_session::{SessionFailure, SessionLayer};
use tonic::{Code, Status, body::Body};

/// Returns the layer as gRPC needs it: a call that fails saves nothing, and a failure of the session is a status of gRPC.
pub(crate) fn for_grpc(sessions: SessionLayer) -> SessionLayer {
    sessions
        .save_when(|response| !response.headers.contains_key("grpc-status"))
        .on_error(|failure, _| status(failure.clone()).into_http::<Body>())
}

/// Returns the status of a call that failed because of its session.
pub(crate) fn status(failure: impl Into<SessionFailure>) -> Status {
    let failure = failure.into();
    let code = match failure.status().as_u16() {
        401 => Code::Unauthenticated,
        403 => Code::PermissionDenied,
        409 => Code::Aborted,
        413 => Code::ResourceExhausted,
        503 => Code::Unavailable,
        _ => Code::Internal,
    };
    Status::new(code, failure.to_string())
}
