use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use session_core::{OpenSession, SessionError};

use super::{Answer, Answering, Outcome};

/// A response that waits until its session is saved.
pub(crate) struct SavingResponse<E> {
    answering: Answering,
    session: OpenSession,
    outcome: Outcome<E>,
    /// Whether a failed save replaces the response. One that failed by itself stays.
    tells: bool,
    save: Pin<Box<dyn Future<Output = Result<(), SessionError>> + Send>>,
}

impl<E> SavingResponse<E> {
    pub(crate) fn begin(
        answering: Answering,
        session: OpenSession,
        outcome: Outcome<E>,
        tells: bool,
    ) -> Self {
        let (slot, own) = (Arc::clone(answering.slot()), session.clone());
        let save = Box::pin(async move { slot.save(&own).await.map(drop) });
        Self { answering, session, outcome, tells, save }
    }

    pub(crate) fn poll(mut self, cx: &mut Context<'_>) -> Answer<E> {
        match self.save.as_mut().poll(cx) {
            Poll::Pending => Answer::Saving(self),
            Poll::Ready(saved) => {
                let saved = if self.tells { saved.map_err(Into::into) } else { Ok(()) };
                Answer::Ready(self.answering.saved(&self.session, saved, self.outcome))
            }
        }
    }
}
