use session_net::{LimitSettings, Parameters, UrlLogin};
use url::{Host, Url};

use crate::{BuildError, ServerAddress, SslMode, SslWords, UrlSettings};

/// The URL of a server as it is written: `scheme://user:password@host:port/database?parameter=value`.
#[derive(Debug)]
pub struct UrlText {
    url: Url,
    /// What has not been taken yet.
    pub parameters: Parameters,
}

impl UrlText {
    /// Reads a URL with one of the schemes, of which an error names the first. An alias is another name of a parameter, and
    /// the name that it has here.
    ///
    /// # Errors
    /// [`BuildError::Url`], which never shows the URL.
    pub fn parse(text: &str, schemes: &[&str], aliases: &[(&str, &str)]) -> Result<Self, BuildError> {
        let url = Url::parse(text).map_err(|error| BuildError::url(error.to_string()))?;
        if !schemes.contains(&url.scheme()) || !url.has_authority() {
            let first = schemes.first().copied().unwrap_or_default();
            return Err(BuildError::url(format!("must begin with `{first}://`")));
        }
        // What would be left out, or taken for a database, may be a piece of a password.
        if url.fragment().is_some() || url.path().contains('@') {
            return Err(BuildError::url("a `#` must be written as %23, and a `/` before the `@` as %2F"));
        }
        let parameters = Parameters::parse(url.query().unwrap_or_default(), aliases)?;
        Ok(Self { url, parameters })
    }

    /// Returns the host.
    ///
    /// # Errors
    /// [`BuildError::Url`] if it is not UTF-8.
    pub fn host(&self) -> Result<Option<String>, BuildError> {
        match self.url.host() {
            Some(Host::Ipv6(address)) => Ok(Some(address.to_string())),
            Some(host) => decoded(&host.to_string()),
            None => Ok(None),
        }
    }

    /// Returns the port.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.url.port()
    }

    /// Returns the database.
    ///
    /// # Errors
    /// [`BuildError::Url`] if it is not UTF-8.
    pub fn database(&self) -> Result<Option<String>, BuildError> {
        decoded(self.url.path().trim_start_matches('/'))
    }

    /// Takes what all databases have in common, and refuses what is left. `foreign` are names that other programs know of this
    /// database alone, and what to write instead.
    ///
    /// # Errors
    /// [`BuildError::Url`] if it cannot mean one thing.
    pub fn finish(
        mut self,
        server: ServerAddress,
        mode: Option<SslMode>,
        words: &SslWords,
        foreign: &[(&str, &str)],
    ) -> Result<UrlSettings, BuildError> {
        let tls = SslMode::tls(mode, words, server.socket.is_some(), &mut self.parameters)?;
        let password = self.url.password().map(decoded).transpose()?;
        // A password that is there and empty is one.
        let password = password.map(Option::unwrap_or_default);
        let mut login = UrlLogin { user: decoded(self.url.username())?, password, ..UrlLogin::default() };
        login.take_files("", &mut self.parameters)?;
        let limits = LimitSettings::take(&mut self.parameters)?;
        let table = self.parameters.text("table")?;
        self.parameters.finish(&[foreign, &FOREIGN].concat())?;
        Ok(UrlSettings { server, login, table, tls, limits })
    }
}

/// Names that other programs know, whatever the database is, and what to write instead.
const FOREIGN: [(&str, &str); 8] = [
    ("user", "the user stands before the host: //user:password@host"),
    ("password", "the password stands before the host: //user:password@host"),
    ("connection-limit", "the number is `pool-size`"),
    ("max-connections", "the number is `pool-size`"),
    ("timeout", LIMITS),
    ("pool-timeout", LIMITS),
    ("sockettimeout", LIMITS),
    ("connecttimeout", LIMITS),
];
const LIMITS: &str = "the limits are `connect-timeout`, `response-timeout` and `budget`";

/// Decodes a part; `None` if it is empty.
fn decoded(part: &str) -> Result<Option<String>, BuildError> {
    let text =
        session_net::decoded(part).map_err(|reason| BuildError::url(format!("a part of it {reason}")))?;
    Ok(Some(text).filter(|text| !text.is_empty()))
}
