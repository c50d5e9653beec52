use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use session_core::{OpenSession, SessionError};

use super::Verdict;
use crate::{RequestSession, SessionFailure};

/// The save that the head of a response waits for. A failure that it gives must replace the response.
pub struct Saving {
    save: Pin<Box<dyn Future<Output = Result<(), SessionError>> + Send>>,
    /// Whether a failed save replaces the response. One that failed by itself stays.
    tells: bool,
}

impl Saving {
    pub(super) fn new(request: &Arc<RequestSession>, session: OpenSession, verdict: Verdict) -> Self {
        let request = Arc::clone(request);
        let save = Box::pin(async move { request.save(&session).await.map(drop) });
        Self { save, tells: verdict == Verdict::Save }
    }
}

impl Future for Saving {
    type Output = Result<(), SessionFailure>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let tells = self.tells;
        self.save.as_mut().poll(cx).map(|saved| if tells { saved.map_err(Into::into) } else { Ok(()) })
    }
}

impl fmt::Debug for Saving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Saving").finish_non_exhaustive()
    }
}
