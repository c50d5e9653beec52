//! A gRPC service on tonic that reads and changes the session, and asks who is signed in. Its clients are no browsers: they
//! send the id in the metadata, under the name that [`id_header`](alo_session::config::Settings::id_header) gives it.

mod counter;
mod messages;
mod status;

#[allow(
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    clippy::all,
    clippy::pedantic,
    reason = "generated"
)]
mod generated {
    tonic::include_proto!("example.Counter");
}

use alo_session::{LazySession, SessionLayer};
use tokio::net::TcpListener;
use tonic::{
    body::Body,
    codegen::http::Request,
    transport::{Error, Server, server::TcpIncoming},
};
use tower::util::MapRequestLayer;

pub use counter::Counter;
pub use generated::{counter_client::CounterClient, counter_server::CounterServer};
pub use messages::{Empty, Name, Visits};

/// Serves the counter with these sessions.
///
/// # Errors
/// That of the server.
pub async fn serve(sessions: SessionLayer, listener: TcpListener) -> Result<(), Error> {
    Server::builder()
        .layer(status::for_grpc(sessions))
        .layer(MapRequestLayer::new(keep_session))
        .add_service(CounterServer::new(Counter))
        .serve_with_incoming(TcpIncoming::from(listener))
        .await
}

/// Lays the session where a method finds it. A method sees the extensions of the request and not the request, which loading
/// needs.
fn keep_session(mut request: Request<Body>) -> Request<Body> {
    if let Ok(session) = LazySession::from_request(&request) {
        request.extensions_mut().insert(session);
    }
    request
}
