use std::{
    error::Error,
    fmt,
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};

use axum_core::body::Body;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

type BoxError = Box<dyn Error + Send + Sync>;
type Answer = Pin<Box<dyn Future<Output = Result<Response<Bytes>, BoxError>> + Send>>;
type Send_ = dyn Fn(Request<Bytes>) -> Answer + Send + Sync;

/// An application that browsers can visit: any `tower` service whose requests have axum's body, such as a `Router`.
/// [`with_body`] makes one of a service whose requests have another body.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no application that a test can visit",
    note = "it must be a `Service` for `http::Request<axum::body::Body>`, and `Clone`, such as a `Router`",
    note = "a service whose requests have another body is passed through `session_testing::with_body`"
)]
pub trait App {
    /// Returns the way to it.
    fn into_transport(self) -> Transport;
}

/// The way to an application.
#[derive(Clone)]
pub struct Transport(Arc<Send_>);

impl<S, B> App for S
where
    S: Service<Request<Body>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    fn into_transport(self) -> Transport {
        with_body(self)
    }
}

impl App for Transport {
    fn into_transport(self) -> Transport {
        self
    }
}

/// Makes an application of a service whose requests have a body of another type than axum's.
///
/// ```
/// use alo_session::{LazySession, SessionFailure};
/// use bytes::Bytes;
/// use http::{Request, Response};
/// use http_body_util::Full;
/// use session_testing::{Site, with_body};
/// use tower::{Layer as _, service_fn};
///
/// async fn hello(request: Request<Full<Bytes>>) -> Result<Response<Full<Bytes>>, SessionFailure> {
///     let session = LazySession::from_request(&request)?.load().await?;
///     Ok(Response::new(format!("Hello, {}.", session.owner().unwrap_or_default()).into()))
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let site = Site::new(|sessions| with_body::<Full<Bytes>, _, _>(sessions.layer(service_fn(hello))));
/// site.signed_in("ada").await.get("/").await.assert_says("Hello, ada.");
/// # }
/// ```
pub fn with_body<Q, S, B>(service: S) -> Transport
where
    Q: From<Bytes> + Send + 'static,
    S: Service<Request<Q>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    let service = Mutex::new(service);
    Transport(Arc::new(move |request| {
        let mut service = service.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let request = request.map(Q::from);
        Box::pin(async move {
            poll_fn(|context| service.poll_ready(context)).await.map_err(Into::into)?;
            whole(service.call(request).await.map_err(Into::into)?).await
        })
    }))
}

impl Transport {
    /// The way to the server at this address, as `host:port`. Each request has a connection of its own.
    fn socket(address: String) -> Self {
        Self(Arc::new(move |request| {
            let address = address.clone();
            Box::pin(async move {
                let stream = TokioIo::new(TcpStream::connect(address).await?);
                let (mut sender, connection) = hyper::client::conn::http1::handshake(stream).await?;
                tokio::spawn(connection);
                whole(sender.send_request(request.map(Full::new)).await?).await
            })
        }))
    }

    /// The way to the server of a URL.
    pub(crate) fn to(url: &str) -> Self {
        Self::socket(session_testservers::jar::Place::parse(url).authority())
    }

    pub(crate) fn send(&self, request: Request<Bytes>) -> Answer {
        (self.0)(request)
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").finish_non_exhaustive()
    }
}

async fn whole<B>(response: Response<B>) -> Result<Response<Bytes>, BoxError>
where
    B: http_body::Body,
    B::Error: Into<BoxError>,
{
    let (parts, body) = response.into_parts();
    let body = body.collect().await.map_err(Into::into)?;
    Ok(Response::from_parts(parts, body.to_bytes()))
}
