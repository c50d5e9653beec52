use std::{
    collections::VecDeque,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum_core::{Error, body::Body};
use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};

/// A body whose beginning is read, and which is whole again afterwards.
pub(super) struct Beginning {
    /// What was read, in the pieces in which it came.
    read: VecDeque<Frame<Bytes>>,
    /// What was not read; `None` at the end.
    rest: Option<Body>,
}

impl Beginning {
    pub(super) fn new(body: Body) -> Self {
        Self { read: VecDeque::new(), rest: Some(body) }
    }

    /// Reads the next piece and keeps it. Returns its data, which trailers have none of, or `None` at the end.
    pub(super) async fn next(&mut self) -> Option<Result<Bytes, Error>> {
        let rest = self.rest.as_mut()?;
        match poll_fn(|cx| Pin::new(&mut *rest).poll_frame(cx)).await {
            Some(Ok(frame)) => {
                let data = frame.data_ref().cloned().unwrap_or_default();
                self.read.push_back(frame);
                Some(Ok(data))
            }
            Some(Err(error)) => {
                self.rest = None;
                Some(Err(error))
            }
            None => {
                self.rest = None;
                None
            }
        }
    }

    /// The least number of bytes that the body has.
    pub(super) fn least_size(&self) -> u64 {
        http_body::Body::size_hint(self).lower()
    }

    /// The whole body.
    pub(super) fn into_body(self) -> Body {
        Body::new(self)
    }
}

impl http_body::Body for Beginning {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if let Some(frame) = self.read.pop_front() {
            return Poll::Ready(Some(Ok(frame)));
        }
        let Some(rest) = &mut self.rest else {
            return Poll::Ready(None);
        };
        let frame = ready!(Pin::new(rest).poll_frame(cx));
        // Not every stream may be asked again behind its end.
        if frame.is_none() {
            self.rest = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.read.is_empty() && self.rest.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let read: usize = self.read.iter().filter_map(Frame::data_ref).map(Bytes::len).sum();
        let read = u64::try_from(read).unwrap_or(u64::MAX);
        let rest = self.rest.as_ref().map_or(SizeHint::with_exact(0), Body::size_hint);
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower().saturating_add(read));
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper.saturating_add(read));
        }
        hint
    }
}
