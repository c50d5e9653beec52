//! The URL of a server: `postgres://user:password@host:port/database?parameter=value`.

mod encryption;
#[cfg(test)]
mod tests;

use percent_encoding::percent_decode_str;
use session_net::Parameters;
use session_sql::{BuildError, LimitSettings, Login, ServerAddress, UrlSettings};
use url::{Host, Url};

use crate::dialect::Prepared;

/// Names that mean the same.
const ALIASES: [(&str, &str); 4] =
    [("ssl-mode", "sslmode"), ("ssl-ca", "sslrootcert"), ("ssl-cert", "sslcert"), ("ssl-key", "sslkey")];

/// Names that other programs know, and what to write instead.
const FOREIGN: [(&str, &str); 9] = [
    ("user", "the user stands before the host: postgres://user:password@host"),
    ("password", "the password stands before the host: postgres://user:password@host"),
    ("dbname", "the database stands behind the host: postgres://user@host/database"),
    ("connection-limit", "the number is `pool-size`"),
    ("max-connections", "the number is `pool-size`"),
    ("timeout", "the limits are `connect-timeout`, `response-timeout` and `budget`"),
    ("pool-timeout", "the limits are `connect-timeout`, `response-timeout` and `budget`"),
    ("pgbouncer", "whether there is a pooler is found out; `prepared=never` says so"),
    ("statement-cache-size", "`prepared=never` prepares no statement"),
];

/// Reads a URL. `-` and `_` in the names of parameters are the same, and so are small and large letters.
///
/// # Errors
/// [`BuildError::Url`], which never shows the URL.
pub(crate) fn parse(text: &str) -> Result<UrlSettings, BuildError> {
    if text.split(['/', '?']).nth(2).is_some_and(|authority| authority.contains(',')) {
        return Err(invalid(
            "several hosts are not possible; name the address that leads to the primary server",
        ));
    }
    let url = Url::parse(text).map_err(|error| invalid(error.to_string()))?;
    if !matches!(url.scheme(), "postgres" | "postgresql") || !url.has_authority() {
        return Err(invalid("must begin with `postgres://`"));
    }
    let mut parameters =
        Parameters::new(url.query_pairs().map(|(name, value)| (normal(&name), value.into_owned())));
    let server = server(&url, &mut parameters)?;
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
    let table = parameters.text("table")?;
    if let Some(name) = parameters.rest().next() {
        let instead = FOREIGN.iter().find(|(foreign, _)| *foreign == name).map(|(_, instead)| *instead);
        let instead = instead.map(|instead| format!(": {instead}")).unwrap_or_default();
        return Err(invalid(format!("unknown parameter `{name}`{instead}")));
    }
    Ok(UrlSettings { server, login, table, tls, limits })
}

/// The host may be in the parameters, too. One that begins with `/` is the directory of a Unix socket.
fn server(url: &Url, parameters: &mut Parameters) -> Result<ServerAddress, BuildError> {
    let authority = match url.host() {
        None => None,
        Some(Host::Ipv6(address)) => Some(address.to_string()),
        Some(host) => Some(decoded(&host.to_string())?),
    };
    let host = match (authority.filter(|host| !host.is_empty()), parameters.text("host")?) {
        (Some(_), Some(_)) => return Err(invalid("there are two hosts; leave out the parameter `host`")),
        (host, other) => host.or(other).unwrap_or_else(|| "localhost".to_owned()),
    };
    if parameters.text("target-session-attrs")?.is_some_and(|value| !WRITABLE.contains(&&*value)) {
        return Err(invalid("`target_session_attrs` must be `any`, `read-write` or `primary`"));
    }
    let port = url.port().unwrap_or(5432);
    let mut others = Vec::new();
    for name in [APPLICATION, OPTIONS, PREPARED] {
        others.extend(parameters.text(name)?.map(|value| (name, value)));
    }
    if others.iter().any(|(name, value)| *name == PREPARED && Prepared::of(value).is_none()) {
        return Err(invalid("`prepared` must be `auto`, `always` or `never`"));
    }
    Ok(ServerAddress {
        socket: host.starts_with('/').then(|| format!("{host}/.s.PGSQL.{port}")),
        host,
        port,
        database: Some(decoded(url.path().trim_start_matches('/'))?).filter(|name| !name.is_empty()),
        parameters: others,
    })
}

/// The name of this program, for the lists of the server.
pub(crate) const APPLICATION: &str = "application-name";
/// Settings of the session, as `-c name=value`.
pub(crate) const OPTIONS: &str = "options";
pub(crate) const PREPARED: &str = "prepared";

/// The server that takes writes is looked for anyway.
const WRITABLE: [&str; 3] = ["any", "read-write", "primary"];

/// The name of a parameter without the differences between `SSL_MODE`, `ssl-mode` and `sslmode`.
fn normal(name: &str) -> String {
    let name = name.to_ascii_lowercase().replace('_', "-");
    let alias = ALIASES.iter().find(|(alias, _)| *alias == name);
    alias.map_or(name, |(_, name)| (*name).to_owned())
}

/// Decodes a part of the URL in which any byte may be written as `%` and two digits.
fn decoded(part: &str) -> Result<String, BuildError> {
    let text = percent_decode_str(part).decode_utf8().map_err(|_| invalid("must be UTF-8"))?;
    Ok(text.into_owned())
}

fn invalid(reason: impl Into<String>) -> BuildError {
    BuildError::url(reason)
}
