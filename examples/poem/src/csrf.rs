use futures_util::{StreamExt as _, stream};
use poem::{Body, Endpoint, Middleware, Request};
use session_http::{CsrfRules, TokenSearch};

use crate::{
    SessionFailure,
    extract::{load, placed},
    sessions::head,
};

/// The middleware that refuses requests which another site makes the visitor's browser send. It belongs inside of
/// [`Sessions`](crate::Sessions).
#[derive(Debug, Clone, Default)]
pub struct Csrf(pub CsrfRules);

/// An endpoint within [`Csrf`].
#[derive(Debug)]
pub struct CsrfEndpoint<E>(E, CsrfRules);

impl<E: Endpoint> Middleware<E> for Csrf {
    type Output = CsrfEndpoint<E>;

    fn transform(&self, inner: E) -> CsrfEndpoint<E> {
        CsrfEndpoint(inner, self.0.clone())
    }
}

impl<E: Endpoint> Endpoint for CsrfEndpoint<E> {
    type Output = E::Output;

    async fn call(&self, mut request: Request) -> poem::Result<E::Output> {
        let Self(inner, rules) = self;
        if let Some(checks) = rules.checks(&head(&request), Some(placed(&request)?), || false, || false) {
            let mut verdict = rules.check_origin(&head(&request), checks);
            if verdict.is_ok() && checks.has_token() {
                let found = search(rules, &mut request).await;
                // The session is loaded even if no token was found, because a form of this site counts as a use.
                let session = load(&request).await?;
                let checked = rules.check_token(&head(&request), &session, found);
                verdict = checked.map_err(SessionFailure::from)?;
            }
            if let Err(refusal) = verdict {
                refusal.log(&head(&request), rules, false);
                return Err(SessionFailure::from(refusal).into());
            }
        }
        inner.call(request).await
    }
}

/// Looks for the token, and leaves the whole body to the handler.
async fn search(rules: &CsrfRules, request: &mut Request) -> TokenSearch {
    let mut search = rules.search(&head(request), 0);
    let mut rest = Box::pin(request.take_body().into_bytes_stream());
    let mut read = Vec::new();
    while let TokenSearch::More(reader) = search {
        let piece = rest.next().await;
        search = match &piece {
            Some(Ok(piece)) => reader.feed(piece),
            Some(Err(_)) => reader.broken(),
            None => reader.end(),
        };
        read.extend(piece);
    }
    request.set_body(Body::from_bytes_stream(stream::iter(read).chain(rest)));
    search
}
