use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use session_core::{OpenSession, SessionError};

use crate::answering::{Answer, Answering, Outcome};

/// A response that waits until its session is saved.
pub(crate) struct SavingResponse<E> {
    answering: Answering,
    session: OpenSession,
    outcome: Outcome<E>,
    save: Pin<Box<dyn Future<Output = Result<(), SessionError>> + Send>>,
}

impl<E> SavingResponse<E> {
    pub(crate) fn begin(answering: Answering, session: OpenSession, outcome: Outcome<E>) -> Self {
        let (slot, own) = (Arc::clone(answering.slot()), session.clone());
        let save = Box::pin(async move { slot.save(&own).await.map(drop) });
        Self { answering, session, outcome, save }
    }

    pub(crate) fn poll(mut self, cx: &mut Context<'_>) -> Answer<E> {
        match self.save.as_mut().poll(cx) {
            Poll::Pending => Answer::Saving(self),
            Poll::Ready(saved) => {
                Answer::Ready(self.answering.saved(&self.session, saved.map_err(Into::into), self.outcome))
            }
        }
    }
}
