//! The URL of a server: `mysql://user:password@host:port/database?parameter=value`.

use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use url::{Host, Url};

use crate::{
    BuildError,
    servers::{ServerAddress, SslMode},
};

/// Reads the address, and the table if the URL names one.
///
/// # Errors
/// [`BuildError::Url`], which never shows the URL.
pub(crate) fn parse(text: &str) -> Result<(ServerAddress, Option<String>), BuildError> {
    let url = Url::parse(text).map_err(|error| invalid(error.to_string()))?;
    if !matches!(url.scheme(), "mysql" | "mariadb") || !url.has_authority() {
        return Err(invalid("must begin with `mysql://`"));
    }
    let host = match url.host() {
        None => "localhost".to_owned(),
        Some(Host::Ipv6(address)) => address.to_string(),
        Some(host) => host.to_string(),
    };
    let mut server = ServerAddress {
        host,
        port: url.port().unwrap_or(3306),
        socket: None,
        user: Some(decoded(url.username())?).filter(|user| !user.is_empty()),
        password: url.password().map(decoded).transpose()?,
        database: Some(decoded(url.path().trim_start_matches('/'))?).filter(|name| !name.is_empty()),
        ssl_mode: SslMode::Disabled,
        authority: None,
    };
    let mut table = None;
    for (name, value) in url.query_pairs() {
        match &*name {
            "table" => table = Some(value.into_owned()),
            "socket" => server.socket = Some(value.into_owned()),
            "ssl-ca" => server.authority = Some(PathBuf::from(value.into_owned())),
            "ssl-mode" => server.ssl_mode = ssl_mode(&value)?,
            _ => return Err(invalid(format!("unknown parameter `{name}`"))),
        }
    }
    Ok((server, table))
}

fn ssl_mode(name: &str) -> Result<SslMode, BuildError> {
    match &*name.to_ascii_lowercase().replace('_', "-") {
        "disabled" => Ok(SslMode::Disabled),
        "required" => Ok(SslMode::Required),
        "verify-identity" => Ok(SslMode::VerifyIdentity),
        _ => Err(invalid("`ssl-mode` must be `disabled`, `required` or `verify-identity`")),
    }
}

/// Decodes a part of the URL in which any byte may be written as `%` and two digits.
fn decoded(part: &str) -> Result<String, BuildError> {
    let text = percent_decode_str(part).decode_utf8().map_err(|_| invalid("must be UTF-8"))?;
    Ok(text.into_owned())
}

fn invalid(reason: impl Into<String>) -> BuildError {
    BuildError::Url { reason: reason.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_found() {
        let url = "mysql://ann%40x:p%3Aw%2F%C3%A4@db.example:3307/shop?table=carts&socket=/run/my.sock";
        let (address, table) = parse(url).unwrap();
        assert_eq!((&*address.host, address.port), ("db.example", 3307));
        assert_eq!(address.user.as_deref(), Some("ann@x"));
        assert_eq!(address.password.as_deref(), Some("p:w/ä"));
        assert_eq!(address.database.as_deref(), Some("shop"));
        assert_eq!(address.socket.as_deref(), Some("/run/my.sock"));
        assert_eq!(table.as_deref(), Some("carts"));
        let (plain, table) = parse("mysql://[::1]").unwrap();
        assert_eq!((&*plain.host, plain.port, plain.user, table), ("::1", 3306, None, None));
    }

    #[test]
    fn what_is_wrong_is_told_without_the_password() {
        for url in [
            "postgres://u:geheim@h/d",
            "mysql://u:geheim@h:99999/d",
            "mysql://u:geheim@h/d?tabel=x",
            "mysql://u:geheim@h/d?ssl-mode=maybe",
            "mysql:geheim",
            "geheim",
        ] {
            let error = parse(url).err().unwrap();
            assert!(!format!("{error} {error:?}").contains("geheim"), "{error}");
        }
    }
}
