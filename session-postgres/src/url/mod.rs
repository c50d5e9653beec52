//! The URL of a server: `postgres://user:password@host:port/database?parameter=value`.

#[cfg(test)]
mod tests;

use session_sql::{BuildError, ServerAddress, SslMode, SslWords, UrlSettings, UrlText};

use crate::dialect::Prepared;

/// Names that mean the same.
const ALIASES: [(&str, &str); 4] =
    [("ssl-mode", "sslmode"), ("ssl-ca", "sslrootcert"), ("ssl-cert", "sslcert"), ("ssl-key", "sslkey")];

/// The names of libpq.
const WORDS: SslWords = SslWords {
    mode: "sslmode",
    parts: ["sslrootcert", "sslcert", "sslkey", "server-name"],
    required: "require",
    full: "verify-full",
};

/// Names that other programs know, and what to write instead.
const FOREIGN: [(&str, &str); 3] = [
    ("dbname", "the database stands behind the host: postgres://user@host/database"),
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
    let mut url = UrlText::parse(text, &["postgres", "postgresql"], &ALIASES)?;
    let server = server(&mut url)?;
    let mode = SslMode::take(&mut url.parameters, &WORDS)?;
    if url.parameters.text("channel-binding")?.is_some_and(|value| value == "require") {
        return Err(invalid(
            "`channel_binding=require` is not offered: write `sslmode=verify-full`, by which the server proves itself",
        ));
    }
    url.finish(server, mode, &WORDS, &FOREIGN)
}

/// The host may be in the parameters, too. One that begins with `/` is the directory of a Unix socket.
fn server(url: &mut UrlText) -> Result<ServerAddress, BuildError> {
    let host = match (url.host()?, url.parameters.text("host")?) {
        (Some(_), Some(_)) => return Err(invalid("there are two hosts; leave out the parameter `host`")),
        (host, other) => host.or(other).unwrap_or_else(|| "localhost".to_owned()),
    };
    let (port, database) = (url.port().unwrap_or(5432), url.database()?);
    let parameters = &mut url.parameters;
    if parameters.text("target-session-attrs")?.is_some_and(|value| !WRITABLE.contains(&&*value)) {
        return Err(invalid("`target_session_attrs` must be `any`, `read-write` or `primary`"));
    }
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
        database,
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

fn invalid(reason: impl Into<String>) -> BuildError {
    BuildError::url(reason)
}
