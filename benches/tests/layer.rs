//! How often a request allocates that passes through the layer, and does not touch its session or only reads it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::{
    convert::Infallible,
    future::{Ready, ready},
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

use allocation_counter::measure;
use axum_core::{body::Body, extract::FromRequestParts as _};
use http::{Request, Response};
use session_core::SessionConfig;
use session_memory::MemoryStore;
use session_tower::{Session, SessionLayer, SessionService};
use tower_layer::Layer as _;
use tower_service::Service;

/// One for the slot of the session, and what the extensions of a request need for their first value.
const UNTOUCHED: u64 = 4;

/// What an untouched request needs beside another extension, what the core and the store in memory need for a load, the headers
/// of the response, and the future of the handler below.
const READ: u64 = 7;

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

/// Adds one to a number if the request is a POST, and reads it otherwise.
#[derive(Clone)]
struct Counter;

impl Service<Request<Body>> for Counter {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        Box::pin(async move {
            let (mut parts, _) = request.into_parts();
            let session: Session = Session::from_request_parts(&mut parts, &()).await.unwrap();
            let number: u32 = session.get_or_default("number").unwrap();
            if parts.method == "POST" {
                session.set("number", number + 1).unwrap();
            }
            Ok(Response::new(Body::empty()))
        })
    }
}

/// Runs a request that waits for nothing, and returns its cookie.
fn run(service: &mut SessionService<Counter>, request: Request<Body>) -> Option<String> {
    let mut response = pin!(service.call(request));
    let Poll::Ready(Ok(response)) = response.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
        unreachable!("the store in memory answers at once");
    };
    let cookie = response.headers().get("set-cookie")?;
    cookie.to_str().unwrap().split(';').next().map(str::to_owned)
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

#[test]
fn a_request_that_only_reads_allocates_as_stated() {
    let mut service = SessionLayer::new(MemoryStore::new(), SessionConfig::default()).layer(Counter);
    let cookie = run(&mut service, Request::post("/").body(Body::empty()).unwrap()).unwrap();
    let read = || {
        let request = Request::get("/").header("cookie", format!("a=b; {cookie}"));
        let request = request.header("host", "shop.example").header("user-agent", "Mozilla/5.0 (X11)");
        let request = request.header("accept-language", "en").header("sec-fetch-site", "same-origin");
        request.extension(Other).body(Body::empty()).unwrap()
    };
    run(&mut service, read());
    let mut request = Some(read());
    let count = measure(|| assert_eq!(run(&mut service, request.take().unwrap()), None)).count_total;
    assert_eq!(count, READ);
}
