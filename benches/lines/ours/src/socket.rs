use std::time::Duration;

use alo_session::Session;
use axum::{
    extract::ws::{WebSocket, WebSocketUpgrade},
    response::Response,
};

const OFTEN: Duration = Duration::from_secs(10);

pub async fn open(session: Session, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(|socket| talk(socket, session))
}

async fn talk(mut socket: WebSocket, session: Session) {
    loop {
        tokio::select! {
            //> socket
            _ = session.ended(OFTEN) => return,
            //<
            message = socket.recv() => match message {
                Some(Ok(message)) => drop(socket.send(message).await),
                _ => return,
            }
        }
    }
}
