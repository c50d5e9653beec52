//! Counts the visits of each browser: `cargo run --example counter --features axum`, then open <http://127.0.0.1:3000>.

use alo_session::{MemoryStore, Session, SessionConfig, SessionFailure, SessionLayer};
use axum::{Router, routing::get};

async fn count(session: Session) -> Result<String, SessionFailure> {
    let visits = session.update("visits", |visits: &mut u32| {
        *visits += 1;
        *visits
    })?;
    Ok(format!("You were here {visits} times.\n"))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let sessions = SessionLayer::new(MemoryStore::new(), SessionConfig::default());
    let app = Router::new().route("/", get(count)).layer(sessions);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, app).await
}
