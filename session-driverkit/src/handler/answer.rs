use std::{fmt, io};

use bytes::Bytes;
use futures_util::{Stream, stream};
use http::Response;

use super::{Held, act::Deed};

/// What the handler of a fixture must answer.
pub struct Answer<H> {
    /// The status.
    pub status: u16,
    /// The headers that the handler itself sets, each of which is added.
    pub headers: Vec<(String, String)>,
    /// Whether the response must be marked so that nothing of the session is saved with it. A framework that has no such mark
    /// claims [`SAVE_9`](crate::rules::SAVE_9) away.
    pub discards: bool,
    pub(super) said: Vec<u8>,
    pub(super) later: Option<Deed<H>>,
}

impl<H: Held> Answer<H> {
    /// Returns the whole response, for a framework with the types of the crate `http`. [`discards`](Self::discards) is left to the
    /// fixture. The body must be sent piece by piece as it comes.
    ///
    /// # Panics
    /// If the query asked for what HTTP does not know.
    #[allow(clippy::expect_used, reason = "a case asks for nothing that HTTP does not know")]
    pub fn into_http(self) -> Response<impl Stream<Item = Result<Bytes, io::Error>> + use<H>> {
        let mut response = Response::builder().status(self.status);
        for (name, value) in &self.headers {
            response = response.header(name, value);
        }
        response.body(self.into_stream()).expect("HTTP")
    }

    /// Returns the body. It must be sent piece by piece as it comes: the second piece comes long after the head.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, io::Error>> + use<H> {
        stream::unfold((Some(self.said), self.later), async |(said, later)| {
            if let Some(said) = said {
                return Some((Ok(Bytes::from(said)), (None, later)));
            }
            let mut deed = later?;
            let said = match deed.go_on().await {
                Ok(()) => deed.into_said(),
                Err(error) => format!("error {error:?}").into_bytes(),
            };
            Some((Ok(Bytes::from(said)), (None, None)))
        })
    }
}

impl<H> fmt::Debug for Answer<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("status", &self.status).finish_non_exhaustive()
    }
}
