use std::{
    collections::VecDeque,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{dev::Payload, error::PayloadError};
use bytes::Bytes;
use futures_util::Stream;

/// A payload whose beginning is read, and which is whole again afterwards.
pub(super) struct Beginning {
    /// What was read, in the pieces in which it came.
    read: VecDeque<Bytes>,
    /// What was not read; `None` at the end.
    rest: Option<Payload>,
}

impl Beginning {
    pub(super) const fn new(payload: Payload) -> Self {
        Self { read: VecDeque::new(), rest: Some(payload) }
    }

    /// Reads the next piece and keeps it. Returns `None` at the end.
    pub(super) async fn next(&mut self) -> Option<Result<Bytes, PayloadError>> {
        let rest = self.rest.as_mut()?;
        let piece = poll_fn(|cx| Pin::new(&mut *rest).poll_next(cx)).await;
        match &piece {
            Some(Ok(piece)) => self.read.push_back(piece.clone()),
            Some(Err(_)) | None => self.rest = None,
        }
        piece
    }

    /// The whole payload.
    pub(super) fn into_payload(self) -> Payload {
        match self.rest {
            // As it came: a payload of the connection is cheaper than a stream around it.
            Some(rest) if self.read.is_empty() => rest,
            _ => Payload::Stream { payload: Box::pin(self) },
        }
    }
}

impl Stream for Beginning {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(piece) = self.read.pop_front() {
            return Poll::Ready(Some(Ok(piece)));
        }
        match &mut self.rest {
            Some(rest) => Pin::new(rest).poll_next(cx),
            None => Poll::Ready(None),
        }
    }
}
