//! The URL of a server: `mysql://user:password@host:port/database?parameter=value`.

mod encryption;
#[cfg(test)]
mod tests;

use percent_encoding::percent_decode_str;
use session_net::Parameters;
use session_sql::{BuildError, LimitSettings, Login, ServerAddress, UrlSettings};
use url::{Host, Url};

/// Names that other programs know, and what to write instead.
const FOREIGN: [(&str, &str); 8] = [
    ("sslcert", "`ssl-ca` is the authority of the server, and `ssl-cert` the certificate of this side"),
    ("sslidentity", "`ssl-cert` and `ssl-key` name a certificate and its key as PEM"),
    ("user", "the user stands before the host: mysql://user:password@host"),
    ("password", "the password stands before the host: mysql://user:password@host"),
    ("connection-limit", "the number is `pool-size`"),
    ("timeout", "the limits are `connect-timeout`, `response-timeout` and `budget`"),
    ("sockettimeout", "the limits are `connect-timeout`, `response-timeout` and `budget`"),
    ("connecttimeout", "the limits are `connect-timeout`, `response-timeout` and `budget`"),
];

/// Reads a URL. `-` and `_` in the names of parameters are the same, and so are small and large letters.
///
/// # Errors
/// [`BuildError::Url`], which never shows the URL.
pub(crate) fn parse(text: &str) -> Result<UrlSettings, BuildError> {
    let url = Url::parse(text).map_err(|error| invalid(error.to_string()))?;
    if !matches!(url.scheme(), "mysql" | "mariadb") || !url.has_authority() {
        return Err(invalid("must begin with `mysql://`"));
    }
    let host = match url.host() {
        None => "localhost".to_owned(),
        Some(Host::Ipv6(address)) => address.to_string(),
        Some(host) => host.to_string(),
    };
    let pairs = url.query_pairs().map(|(name, value)| (encryption::normal(&name), value.into_owned()));
    let mut parameters = Parameters::new(pairs);
    let table = parameters.text("table")?;
    let server = ServerAddress {
        host,
        port: url.port().unwrap_or(3306),
        socket: parameters.text("socket")?,
        database: Some(decoded(url.path().trim_start_matches('/'))?).filter(|name| !name.is_empty()),
        parameters: Vec::new(),
    };
    let login = Login {
        user: Some(decoded(url.username())?).filter(|user| !user.is_empty()),
        password: url.password().map(decoded).transpose()?,
        user_file: parameters.text("user-file")?,
        password_file: parameters.text("password-file")?,
    };
    let tls = encryption::take_tls(server.socket.is_some(), &mut parameters)?;
    let limits = LimitSettings {
        connect_timeout: parameters.duration("connect-timeout")?,
        response_timeout: parameters.duration("response-timeout")?,
        budget: parameters.duration("budget")?,
        pool_size: parameters.number("pool-size")?,
        connection_lifetime: parameters.duration("connection-lifetime")?,
    };
    if let Some(name) = parameters.rest().next() {
        let instead = FOREIGN.iter().find(|(foreign, _)| *foreign == name).map(|(_, instead)| *instead);
        let instead = instead.map(|instead| format!(": {instead}")).unwrap_or_default();
        return Err(invalid(format!("unknown parameter `{name}`{instead}")));
    }
    Ok(UrlSettings { server, login, table, tls, limits })
}

/// Decodes a part of the URL in which any byte may be written as `%` and two digits.
fn decoded(part: &str) -> Result<String, BuildError> {
    let text = percent_decode_str(part).decode_utf8().map_err(|_| invalid("must be UTF-8"))?;
    Ok(text.into_owned())
}

fn invalid(reason: impl Into<String>) -> BuildError {
    BuildError::url(reason)
}
