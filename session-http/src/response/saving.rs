use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use session_core::{OpenSession, SessionError, Timestamp};

use super::Verdict;
use crate::{RequestSession, SessionFailure};

/// The save that the head of a response waits for. A failure that it gives must replace the response.
pub struct Saving {
    save: Save,
    /// Whether a failed save replaces the response. One that failed by itself stays.
    tells: bool,
}

enum Save {
    /// The store never waits. `None` when the outcome has been told.
    Done(Option<Saved>),
    Waits(Pin<Box<dyn Future<Output = Saved> + Send>>),
}

type Saved = Result<(), SessionError>;

impl Saving {
    pub(super) fn new(
        request: &Arc<RequestSession>,
        session: &OpenSession,
        verdict: Verdict,
        now: Timestamp,
    ) -> Self {
        let save = match request.save_now(session, now) {
            Some(saved) => Save::Done(Some(saved.map(drop))),
            None => {
                let (request, session) = (Arc::clone(request), session.clone());
                Save::Waits(Box::pin(async move { request.save(&session).await.map(drop) }))
            }
        };
        Self { save, tells: verdict == Verdict::Save }
    }
}

impl Future for Saving {
    type Output = Result<(), SessionFailure>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let saved = match &mut self.save {
            Save::Done(saved) => saved.take().unwrap_or(Ok(())),
            Save::Waits(save) => ready!(save.as_mut().poll(cx)),
        };
        Poll::Ready(if self.tells { saved.map_err(Into::into) } else { Ok(()) })
    }
}

impl fmt::Debug for Saving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Saving").finish_non_exhaustive()
    }
}
