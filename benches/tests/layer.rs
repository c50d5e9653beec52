//! How often a request allocates that passes through the layer and does not touch its session.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::{
    convert::Infallible,
    future::{Ready, ready},
    pin::pin,
    task::{Context, Poll, Waker},
};

use allocation_counter::measure;
use axum_core::body::Body;
use http::{Request, Response};
use session_core::SessionConfig;
use session_memory::MemoryStore;
use session_tower::{SessionLayer, SessionService};
use tower_layer::Layer as _;
use tower_service::Service;

/// One for the slot of the session, and what the extensions of a request need for their first value.
const UNTOUCHED: u64 = 4;

#[derive(Clone)]
struct Page;

/// An extension that is there already, as any application has one.
#[derive(Clone)]
struct Other;

impl Service<Request<Body>> for Page {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        ready(Ok(Response::new(Body::empty())))
    }
}

fn allocations(extensions: usize, service: &mut SessionService<Page>) -> u64 {
    let mut request = Request::new(Body::empty());
    if extensions > 0 {
        request.extensions_mut().insert(Other);
    }
    let mut request = Some(request);
    measure(|| {
        let response = pin!(service.call(request.take().unwrap()));
        assert!(response.poll(&mut Context::from_waker(Waker::noop())).is_ready());
    })
    .count_total
}

#[test]
fn an_untouched_request_allocates_its_slot_only() {
    let mut service = SessionLayer::new(MemoryStore::new(), SessionConfig::default()).layer(Page);
    allocations(0, &mut service);
    assert_eq!(allocations(0, &mut service), UNTOUCHED);
    // The slot, and its place.
    assert_eq!(allocations(1, &mut service), 2);
}
