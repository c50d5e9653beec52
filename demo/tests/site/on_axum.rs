//! The site on axum, in this process without a socket.

use std::sync::Arc;

use alo_session::{Session, SessionConfig, SessionFailure};
use axum::{Router, extract::State, routing::get};
use session_testing::Site;
use tokio::sync::Barrier;

/// The site as it is.
pub(crate) fn served(site: Site) -> Site {
    site
}

/// The site with one more page, which waits once it has its session, and again before it ends.
pub(crate) fn with_slow_page(config: SessionConfig, barrier: Arc<Barrier>) -> Site {
    let page = get(slow).with_state(barrier);
    Site::with_config(config, |sessions| {
        Router::new().route("/slow", page).layer(sessions.clone()).merge(session_demo::app(sessions))
    })
}

async fn slow(session: Session, State(barrier): State<Arc<Barrier>>) -> Result<&'static str, SessionFailure> {
    session.set("late", true)?;
    barrier.wait().await;
    barrier.wait().await;
    Ok("late")
}
