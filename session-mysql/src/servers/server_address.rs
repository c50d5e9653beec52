use std::{borrow::Cow, path::PathBuf};

use url::Url;

use crate::BuildError;

/// Where the server is and who we are there. Never shown: it holds the password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) socket: Option<String>,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) database: Option<String>,
    pub(crate) tls: Tls,
    pub(crate) authority: Option<PathBuf>,
}

/// How the connection is protected, by the names that MySQL's own programs use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tls {
    Disabled,
    /// Encrypted, to whoever answers.
    Required,
    /// Encrypted, to the server of this name, as an authority has certified.
    VerifyIdentity,
}

impl Address {
    /// The address, and the table where the URL names one.
    ///
    /// # Errors
    /// [`BuildError::Url`], which never shows the URL.
    pub(crate) fn parse(text: &str) -> Result<(Self, Option<String>), BuildError> {
        let url = Url::parse(text).map_err(|error| invalid(error.to_string()))?;
        if !matches!(url.scheme(), "mysql" | "mariadb") || !url.has_authority() {
            return Err(invalid("it begins with `mysql://`"));
        }
        let host = match url.host() {
            None => "localhost".to_owned(),
            Some(url::Host::Ipv6(address)) => address.to_string(),
            Some(host) => host.to_string(),
        };
        let database = decoded(url.path().trim_start_matches('/'))?;
        let user = decoded(url.username())?;
        let mut address = Self {
            host,
            port: url.port().unwrap_or(3306),
            socket: None,
            user: (!user.is_empty()).then_some(user),
            password: url.password().map(decoded).transpose()?,
            database: (!database.is_empty()).then_some(database),
            tls: Tls::Disabled,
            authority: None,
        };
        let mut table = None;
        for (name, value) in url.query_pairs() {
            match &*name {
                "table" => table = Some(value.into_owned()),
                "socket" => address.socket = Some(value.into_owned()),
                "ssl-ca" => address.authority = Some(PathBuf::from(value.into_owned())),
                "ssl-mode" => address.tls = tls(&value)?,
                _ => return Err(invalid(format!("`{name}` is no parameter of it"))),
            }
        }
        if cfg!(not(feature = "tls")) && address.tls != Tls::Disabled {
            return Err(invalid("`ssl-mode` needs the feature `tls` of session-mysql"));
        }
        Ok((address, table))
    }
}

fn tls(name: &str) -> Result<Tls, BuildError> {
    match &*name.to_ascii_lowercase().replace('_', "-") {
        "disabled" => Ok(Tls::Disabled),
        "required" => Ok(Tls::Required),
        "verify-identity" => Ok(Tls::VerifyIdentity),
        _ => Err(invalid("`ssl-mode` is `disabled`, `required` or `verify-identity`")),
    }
}

/// A part of the URL in which any byte may be written as `%` and two digits.
fn decoded(part: &str) -> Result<String, BuildError> {
    let text = percent_encoding::percent_decode_str(part).decode_utf8().map(Cow::into_owned);
    text.map_err(|_| invalid("it is not UTF-8"))
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
        let (address, table) = Address::parse(url).unwrap();
        assert_eq!((&*address.host, address.port), ("db.example", 3307));
        assert_eq!(address.user.as_deref(), Some("ann@x"));
        assert_eq!(address.password.as_deref(), Some("p:w/ä"));
        assert_eq!(address.database.as_deref(), Some("shop"));
        assert_eq!(address.socket.as_deref(), Some("/run/my.sock"));
        assert_eq!(table.as_deref(), Some("carts"));
        let (plain, table) = Address::parse("mysql://[::1]").unwrap();
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
            let error = Address::parse(url).err().unwrap();
            assert!(!format!("{error} {error:?}").contains("geheim"), "{error}");
        }
    }
}
