use std::{
    convert::Infallible,
    net::TcpListener,
    sync::{Arc, OnceLock},
};

use http::{HeaderValue, Request, header::COOKIE};
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use session_driverkit::{Fixture, Guard, ServeError, Setup, on_tokio};

use crate::{driver::Driver, flaw::Flaw, handle::handle};

/// A server with the driver of these tests, and a flaw.
pub(crate) struct Mutant(pub(crate) Flaw);

impl Fixture for Mutant {
    fn name(&self) -> &str {
        "mutant"
    }

    fn serve(&self, setup: Setup, listener: TcpListener) -> Result<Guard, ServeError> {
        let driver = Arc::new(Driver::new(&setup, self.0));
        on_tokio(listener, async move |listener| {
            while let Ok((stream, _)) = listener.accept().await {
                let driver = Arc::clone(&driver);
                let first = Arc::new(OnceLock::new());
                let service = service_fn(move |mut request| {
                    let driver = Arc::clone(&driver);
                    if driver.is(Flaw::KeepsOneForEachConnection) {
                        keep(&first, &mut request);
                    }
                    async move { Ok::<_, Infallible>(handle(driver, request).await) }
                });
                let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                tokio::spawn(connection.with_upgrades());
            }
        })
    }
}

/// Lets every request of a connection have the cookie of the first.
fn keep<B>(first: &OnceLock<Option<HeaderValue>>, request: &mut Request<B>) {
    let first = first.get_or_init(|| request.headers().get(COOKIE).cloned());
    if let Some(cookie) = first {
        request.headers_mut().insert(COOKIE, cookie.clone());
    }
}
