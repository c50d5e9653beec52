use std::{error::Error as _, time::Instant};

#[cfg(feature = "tls-blocking")]
use session_net::tls::{Tls, TlsClient};
use session_net::{Credentials, Limit, Login};
use session_sql::{BuildError, Dialect as _, ErrorKind, Limits, ServerAddress, StoreOptions};
use tokio_postgres::{Config, NoTls, config::SslMode};

use super::{Link, Stream, driver::Driver, error_kind};
use crate::{
    Postgres,
    dialect::{Ends, Handshake},
    url::{APPLICATION, OPTIONS},
};

/// What every connection of a store begins with.
pub(crate) struct Startup {
    pub(crate) server: ServerAddress,
    pub(crate) credentials: Credentials,
    pub(crate) limits: Limits,
    config: Config,
    handshake: Handshake,
    #[cfg(feature = "tls-blocking")]
    tls: Option<TlsClient>,
}

impl Startup {
    /// `feature` is the one that TLS needs in this API.
    pub(crate) fn new(options: &StoreOptions, feature: &'static str) -> Result<Self, BuildError> {
        let server = &options.server;
        if options.tls.is_some() && cfg!(not(feature = "tls-blocking")) {
            return Err(BuildError::Feature { feature, package: Postgres::CRATE });
        }
        let mut config = Config::new();
        // What is to be encrypted was encrypted before.
        config.ssl_mode(SslMode::Disable);
        config.application_name(server.parameter(APPLICATION).unwrap_or("alo-session"));
        if let Some(options) = server.parameter(OPTIONS) {
            config.options(options);
        }
        if let Some(database) = &server.database {
            config.dbname(database);
        }
        Ok(Self {
            server: server.clone(),
            credentials: options.credentials.clone(),
            limits: options.limits,
            config,
            handshake: Handshake::new(options),
            #[cfg(feature = "tls-blocking")]
            tls: options.tls.as_ref().map(Tls::build).transpose()?,
        })
    }

    /// How long making a connection may take.
    pub(crate) fn limit(&self, deadline: Instant) -> Limit {
        Limit::until("connect_timeout", self.limits.connect_timeout, deadline)
    }

    /// Makes a connection of a stream: encrypts it, logs in, and finds out whether the server is at its other end.
    pub(crate) async fn open(
        &self,
        stream: Stream,
        ends: Ends,
        login: &Login,
    ) -> Result<Box<Link>, ErrorKind> {
        #[cfg(feature = "tls-blocking")]
        let stream = match &self.tls {
            Some(tls) => super::stream::encrypt(stream, tls, &self.server.host)
                .await
                .map_err(|error| ErrorKind::Unreachable(error.to_string()))?,
            None => stream,
        };
        let mut config = self.config.clone();
        if let Some(user) = login.user() {
            config.user(user);
        }
        if let Some(password) = login.password() {
            config.password(password);
        }
        let (client, driver) = config.connect_raw(stream, NoTls).await.map_err(|error| refused(&error))?;
        let mut link = Link::new(client, Driver(driver), self.handshake.begin_transaction());
        if let Some(text) = self.handshake.begin_session(ends) {
            link.begin_session(&text).await?;
        }
        Ok(Box::new(link))
    }
}

/// The library has no name for what it finds wrong with the login itself.
fn refused(error: &tokio_postgres::Error) -> ErrorKind {
    let denied = |text: String| ErrorKind::refused::<Postgres>(None, "28P01", text);
    match &*error.to_string() {
        "invalid configuration" => denied("the server asks for a password".to_owned()),
        "authentication error" => denied(error.source().map_or_else(String::new, ToString::to_string)),
        _ => error_kind(error),
    }
}
