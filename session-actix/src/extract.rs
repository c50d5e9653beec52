//! The extractors.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    pin::Pin,
    str::FromStr,
    time::Duration,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use session_core::{SessionError, session::SignInRequired};

use crate::{
    CsrfToken, CsrfVerdict, FreshSession, LazySession, MaybeSession, Owner, OwnerSessions, ReturnTo, Session,
    SessionFailure, placed::Placed,
};

/// The future of an extractor that loads the session.
type Loading<T> = Pin<Box<dyn Future<Output = Result<T, SessionFailure>>>>;

/// Loads the session, and makes the value of it.
fn load<K: 'static, T: 'static>(
    request: &HttpRequest,
    then: impl FnOnce(Session<K>) -> Result<T, SessionFailure> + 'static,
) -> Loading<T> {
    let slot = Placed::<K>::slot(request);
    let request = request.clone();
    Box::pin(async move {
        let slot = slot?;
        let made = slot.load(&request).await.and_then(then);
        if let Err(failure) = &made {
            slot.note(failure);
        }
        made
    })
}

impl<K: 'static> FromRequest for Session<K> {
    type Error = SessionFailure;
    type Future = Loading<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        load(request, Ok)
    }
}

impl<K: 'static> FromRequest for MaybeSession<K> {
    type Error = SessionFailure;
    type Future = Loading<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        if Placed::<K>::find(request).is_none() {
            return Box::pin(ready(Ok(Self(None))));
        }
        load(request, |session| {
            Ok(Self(Some(session).filter(|session| !session.is_new() || session.is_changed())))
        })
    }
}

impl<const SECONDS: u64, K: 'static> FromRequest for FreshSession<SECONDS, K> {
    type Error = SessionFailure;
    type Future = Loading<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        load(request, |session| {
            session.require_fresh(Duration::from_secs(SECONDS))?;
            Ok(Self(session))
        })
    }
}

impl<T: FromStr + 'static> FromRequest for Owner<T> {
    type Error = SessionFailure;
    type Future = Loading<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        load(request, |session: Session| {
            let owner =
                session.owner_as()?.ok_or(SessionError::SignInRequired(SignInRequired::NotSignedIn))?;
            Ok(Self(owner))
        })
    }
}

impl<K: 'static> FromRequest for CsrfToken<K> {
    type Error = SessionFailure;
    type Future = Loading<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        load(request, |session| Ok(Self::of(&session)))
    }
}

impl<K: 'static> FromRequest for LazySession<K> {
    type Error = SessionFailure;
    type Future = Ready<Result<Self, SessionFailure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of_kind(request))
    }
}

impl<K: 'static> FromRequest for OwnerSessions<K> {
    type Error = SessionFailure;
    type Future = Ready<Result<Self, SessionFailure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let slot = Placed::<K>::slot(request);
        ready(slot.map(|slot| Self::new(slot.request.owners())))
    }
}

impl FromRequest for CsrfVerdict {
    type Error = SessionFailure;
    type Future = Ready<Result<Self, SessionFailure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of_request(request))
    }
}

impl FromRequest for ReturnTo {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(session_http::ReturnTo::of_query(request.uri().query()))))
    }
}
