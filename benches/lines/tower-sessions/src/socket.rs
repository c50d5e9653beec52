use std::time::Duration;

use axum::{
    extract::ws::{WebSocket, WebSocketUpgrade},
    response::Response,
};
use tower_sessions::Session;

const OFTEN: Duration = Duration::from_secs(10);

pub async fn open(session: Session, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(|socket| talk(socket, session))
}

async fn talk(mut socket: WebSocket, session: Session) {
    //> socket
    let mut tick = tokio::time::interval(OFTEN);
    //<
    loop {
        tokio::select! {
            //> socket
            _ = tick.tick() => {
                if session.load().await.is_err() || session.is_empty().await {
                    return;
                }
            }
            //<
            message = socket.recv() => match message {
                Some(Ok(message)) => drop(socket.send(message).await),
                _ => return,
            }
        }
    }
}
