//! The URL of a server: `mysql://user:password@host:port/database?parameter=value`.

mod encryption;
#[cfg(test)]
mod tests;

use self::encryption::WORDS;
use session_sql::{BuildError, ServerAddress, UrlSettings, UrlText};

/// Names that mean the same.
const ALIASES: [(&str, &str); 2] = [("sslca", "ssl-ca"), ("sslkey", "ssl-key")];

/// Names that other programs know, and what to write instead.
const FOREIGN: [(&str, &str); 2] = [
    ("sslcert", "`ssl-ca` is the authority of the server, and `ssl-cert` the certificate of this side"),
    ("sslidentity", "`ssl-cert` and `ssl-key` name a certificate and its key as PEM"),
];

/// Reads a URL. `-` and `_` in the names of parameters are the same, and so are small and large letters.
///
/// # Errors
/// [`BuildError::Url`], which never shows the URL.
pub(crate) fn parse(text: &str) -> Result<UrlSettings, BuildError> {
    let mut url = UrlText::parse(text, &["mysql", "mariadb"], &ALIASES)?;
    let server = ServerAddress {
        host: url.host()?.unwrap_or_else(|| "localhost".to_owned()),
        port: url.port().unwrap_or(3306),
        socket: url.parameters.text("socket")?,
        database: url.database()?,
        parameters: Vec::new(),
    };
    let mode = encryption::take_mode(&mut url.parameters)?;
    url.finish(server, mode, &WORDS, &FOREIGN)
}
