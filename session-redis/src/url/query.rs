use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use session_net::Parameters;

use super::invalid;
use crate::BuildError;

/// Names by which other programs know a parameter.
const ALIASES: [(&str, &str); 3] = [("ssl_ca_certs", "ca"), ("ssl_certfile", "cert"), ("ssl_keyfile", "key")];

/// Names that other programs know, and what to write instead.
const FOREIGN: [(&str, &str); 17] = [
    ("db", "the database stands in the path: redis://host/1"),
    ("user", "the user stands before the host: redis://user:password@host"),
    ("username", "the user stands before the host: redis://user:password@host"),
    ("pass", "the password stands before the host: redis://:password@host"),
    ("password", "the password stands before the host: redis://:password@host"),
    ("insecure", "`tls=danger-accept-any-certificate` checks no certificate"),
    ("skip_verify", "`tls=danger-accept-any-certificate` checks no certificate"),
    ("ssl_check_hostname", "`tls=verify-ca` with `ca` accepts a certificate for any name"),
    ("sslmode", "`tls` says how to encrypt"),
    ("timeout", "the limits are `connect_timeout`, `response_timeout` and `budget`"),
    ("socket_timeout", "the limits are `connect_timeout`, `response_timeout` and `budget`"),
    ("socket_connect_timeout", "the limits are `connect_timeout`, `response_timeout` and `budget`"),
    ("dial_timeout", "the limits are `connect_timeout`, `response_timeout` and `budget`"),
    ("read_timeout", "the limits are `connect_timeout`, `response_timeout` and `budget`"),
    ("max_connections", "the number is `pool_size`"),
    ("protocol", "the protocol is chosen by the store; leave it out"),
    ("family", "both families of addresses are tried; leave it out"),
];

pub(super) fn read(query: &str) -> Result<Parameters, BuildError> {
    let mut pairs = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let own = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, own)| own);
        pairs.push((own.to_owned(), decode(value, "query")?));
    }
    Ok(Parameters::new(pairs))
}

/// Refuses what nothing has taken.
pub(super) fn finish(parameters: &Parameters) -> Result<(), BuildError> {
    let Some(name) = parameters.rest().next() else { return Ok(()) };
    match FOREIGN.iter().find(|(foreign, _)| *foreign == name) {
        Some((foreign, instead)) => Err(invalid(format!("it has no parameter `{foreign}` here: {instead}"))),
        // A name may be a piece of a password with a character that is not encoded.
        None => Err(invalid("its query has an unknown parameter for this scheme")),
    }
}

pub(super) fn decode(text: &str, part: &str) -> Result<String, BuildError> {
    let is_escape = |rest: &str| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    if !text.split('%').skip(1).all(is_escape) {
        return Err(invalid(format!("the {part} has a `%` without two digits; write `%` as %25")));
    }
    let decoded = percent_decode_str(text).decode_utf8().map(Cow::into_owned);
    decoded.map_err(|_| invalid(format!("the {part} must be UTF-8")))
}
