use std::{io, net::TcpListener};

use alo_session::{SessionLayer, driver::Sessions, store::Store};
use clap::ValueEnum;
use tokio::sync::watch;

use crate::on_axum;

/// What serves the site. The pages know nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Framework {
    /// axum
    #[default]
    Axum,
    /// actix-web
    #[cfg(feature = "actix")]
    Actix,
}

impl Framework {
    /// Serves the site until the value is true, and then finishes what is under way.
    ///
    /// # Errors
    /// The error of the system if the listener fails.
    pub async fn serve(
        self,
        listener: TcpListener,
        sessions: Sessions<impl Store>,
        ending: watch::Receiver<bool>,
    ) -> io::Result<()> {
        match self {
            Self::Axum => on_axum::serve(listener, SessionLayer::from_sessions(sessions), ending).await,
            #[cfg(feature = "actix")]
            Self::Actix => {
                let sessions = alo_session::actix::SessionMiddleware::from_sessions(sessions);
                crate::on_actix::serve(listener, sessions, ending).await
            }
        }
    }
}
