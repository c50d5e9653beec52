use session_sql::{ErrorKind, Table};

/// What the reader of an error can do about it.
pub(super) fn advice(kind: &ErrorKind, table: &Table) -> Option<String> {
    let code = match kind {
        ErrorKind::Unreachable(text) => return tls_advice(text).map(str::to_owned),
        ErrorKind::TooLarge => return Some("`max_allowed_packet` of the server limits it".to_owned()),
        _ => kind.refusal()?.code?,
    };
    Some(match code {
        1146 | 1054 | 1136 | 1364 => format!(
            "the table `{table}` is missing or of another version; `session-setup mysql <url> --table {table}` \
             sets it up"
        ),
        3159 => {
            "the server wants an encrypted connection: add `ssl-mode=verify-identity` to the URL".to_owned()
        }
        1045 => {
            "if the password is right, the account or the server may want an encrypted connection: `ssl-mode`"
                .to_owned()
        }
        1461 => "raise `max_prepared_stmt_count` of the server, or lower `Builder::pool_size`".to_owned(),
        _ => return None,
    })
}

/// What the client libraries' texts about TLS mean.
fn tls_advice(text: &str) -> Option<&'static str> {
    const TEXTS: [(&str, &str); 5] = [
        (
            "UnknownIssuer",
            "nobody who is trusted here has issued the server's certificate: name its authority as `ssl-ca`",
        ),
        (
            "not valid for name",
            "the server's certificate is for another name: connect to a name that it has, or set `server-name`",
        ),
        (
            "CaUsedAsEndEntity",
            "the server shows the certificate of an authority as its own, which the client library never accepts: \
             make one with `-addext basicConstraints=critical,CA:FALSE`",
        ),
        (
            "UnsupportedCertVersion",
            "the server's certificate has version 1, which cannot be checked: make one of version 3",
        ),
        ("xpired", "the server needs a new certificate, or this machine's clock is wrong"),
    ];
    TEXTS.into_iter().find(|(part, _)| text.contains(part)).map(|(_, advice)| advice)
}
