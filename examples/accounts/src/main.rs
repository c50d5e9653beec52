//! Serves the example on <http://127.0.0.1:3000>.

use accounts::{Users, app};
use alo_session::{MemoryStore, SessionConfig, SessionLayer};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let sessions = SessionLayer::new(MemoryStore::new(), SessionConfig::website());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, app(Users::default(), sessions)).await
}
