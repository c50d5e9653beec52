//! The rules of a driver, by the conformance kit.

mod common;

use std::{net::TcpListener, process::ExitCode};

use common::{forget, plain, socket, work};
use poem::{EndpointExt as _, Route, Server, listener::TcpAcceptor};
use poem_sessions::{Csrf, Sessions};
use session_driverkit::{Fixture, Guard, ServeError, Setup, on_tokio};
use session_http::HttpSessions;

fn main() -> ExitCode {
    session_driverkit::main(Poem)
}

struct Poem;

impl Fixture for Poem {
    fn name(&self) -> &str {
        "examples/poem"
    }

    fn serve(&self, setup: Setup, listener: TcpListener) -> Result<Guard, ServeError> {
        let app = Route::new()
            .at("/plain", plain)
            .at("/act", work)
            .at("/forget", forget)
            .at("/guarded", work.with(Csrf::default()))
            .at("/socket", socket.with(Csrf::default()))
            .with(Sessions(HttpSessions::from_sessions(setup.sessions())));
        on_tokio(listener, async |listener| {
            Server::new_with_acceptor(TcpAcceptor::from_tokio(listener)?).run(app).await
        })
    }
}
