use percent_encoding::percent_decode_str;
use session_net::{LimitSettings, Parameters, UrlLogin};
use url::{Host, Url};

use crate::{BuildError, ServerAddress, SslMode, SslWords, UrlSettings};

/// The URL of a server as it is written: `scheme://user:password@host:port/database?parameter=value`.
#[derive(Debug)]
pub struct UrlText {
    url: Url,
    /// What has not been taken yet. Names are in small letters, with `-` and not `_`.
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
        let named = |name: &str| {
            let name = name.to_ascii_lowercase().replace('_', "-");
            let alias = aliases.iter().find(|(alias, _)| *alias == name);
            alias.map_or(name, |(_, name)| (*name).to_owned())
        };
        let pairs = url.query_pairs().map(|(name, value)| (named(&name), value.into_owned()));
        let parameters = Parameters::new(pairs);
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
        if let Some(name) = self.parameters.rest().next() {
            let instead = foreign.iter().chain(&FOREIGN).find(|(foreign, _)| *foreign == name);
            let instead = instead.map(|(_, instead)| format!(": {instead}")).unwrap_or_default();
            let instead = instead.replace("{scheme}", self.url.scheme());
            return Err(BuildError::url(format!("unknown parameter `{name}`{instead}")));
        }
        Ok(UrlSettings { server, login, table, tls, limits })
    }
}

/// Names that other programs know, whatever the database is, and what to write instead.
const FOREIGN: [(&str, &str); 8] = [
    ("user", "the user stands before the host: {scheme}://user:password@host"),
    ("password", "the password stands before the host: {scheme}://user:password@host"),
    ("connection-limit", "the number is `pool-size`"),
    ("max-connections", "the number is `pool-size`"),
    ("timeout", LIMITS),
    ("pool-timeout", LIMITS),
    ("sockettimeout", LIMITS),
    ("connecttimeout", LIMITS),
];
const LIMITS: &str = "the limits are `connect-timeout`, `response-timeout` and `budget`";

/// Decodes a part in which any byte may be written as `%` and two digits; `None` if it is empty.
fn decoded(part: &str) -> Result<Option<String>, BuildError> {
    let text = percent_decode_str(part).decode_utf8().map_err(|_| BuildError::url("must be UTF-8"))?;
    Ok(Some(text.into_owned()).filter(|text| !text.is_empty()))
}
