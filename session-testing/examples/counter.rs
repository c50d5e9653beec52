//! A counter with its sessions in Redis, and a test of it in which a user is signed in:
//! `cargo test -p session-testing --example counter`.

use alo_session::{Session, SessionConfig, SessionFailure, SessionLayer, open};
use axum::{Router, routing::get};

fn app(sessions: SessionLayer) -> Router {
    Router::new().route("/", get(count)).layer(sessions)
}

async fn count(session: Session) -> Result<String, SessionFailure> {
    let name = session.owner().unwrap_or("stranger".into());
    let visits = session.update("visits", |visits: &mut u32| {
        *visits += 1;
        *visits
    })?;
    Ok(format!("Hello, {name}. You were here {visits} times.\n"))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = SessionConfig::website();
    let sessions = SessionLayer::new(open("redis://127.0.0.1/", &config)?, config);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    Ok(axum::serve(listener, app(sessions)).await?)
}

#[cfg(test)]
mod tests {
    use super::app;

    #[tokio::test]
    async fn a_user_is_greeted_and_counted() {
        let ada = session_testing::Site::new(app).signed_in("ada").with("visits", 41).await;
        ada.get("/").await.assert_says("Hello, ada. You were here 42 times.").assert_saved();
    }
}
