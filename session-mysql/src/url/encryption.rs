use std::path::PathBuf;

use session_net::{
    Parameters,
    tls::{Pem, Tls},
};

use super::invalid;
use session_sql::BuildError;

/// The values of `ssl-mode`, as MySQL's own programs name them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Disabled,
    Required,
    VerifyCa,
    VerifyIdentity,
}

/// Names that other programs have for a mode, of which only a value that can mean one thing is understood.
const OTHER_NAMES: [(&str, &[(&str, Mode)]); 14] = [
    ("sslmode", &[]),
    // Go: `true` checks the certificate and the name.
    ("tls", &[("true", Mode::VerifyIdentity), ("false", Mode::Disabled), ("skip-verify", Mode::Required)]),
    // Prisma.
    ("sslaccept", &[("strict", Mode::VerifyIdentity), ("accept-invalid-certs", Mode::Required)]),
    // Node.
    ("ssl", &[("false", Mode::Disabled), ("{\"rejectunauthorized\":true}", Mode::VerifyIdentity)]),
    ("usessl", &[("false", Mode::Disabled)]),
    ("requiressl", &[]),
    ("ssl-disabled", &[("true", Mode::Disabled)]),
    ("ssl-verify-identity", &[("true", Mode::VerifyIdentity)]),
    ("ssl-verify-server-cert", &[("true", Mode::VerifyIdentity)]),
    ("ssl-verify-cert", &[]),
    ("verifyservercertificate", &[]),
    ("trustservercertificate", &[]),
    ("require-ssl", &[]),
    ("verify-identity", &[("true", Mode::VerifyIdentity)]),
];

/// Takes what concerns TLS. `None` is a plain connection, which only a URL without any part of TLS means.
pub(super) fn take_tls(has_socket: bool, parameters: &mut Parameters) -> Result<Option<Tls>, BuildError> {
    let mode = take_mode(parameters)?;
    let ca = take_either(parameters, "ssl-ca", "sslca")?;
    let certificate = parameters.text("ssl-cert")?;
    let key = take_either(parameters, "ssl-key", "sslkey")?;
    let name = parameters.text("server-name")?;
    let has_part = [&ca, &certificate, &key, &name].into_iter().any(Option::is_some);
    let mode = match mode {
        None if !has_part => return Ok(None),
        Some(Mode::Disabled) if !has_part => return Ok(None),
        Some(Mode::Disabled) => {
            return Err(invalid(
                "`ssl-mode=disabled` contradicts the other parameters of TLS; leave one of them out",
            ));
        }
        // Whoever names an authority or a certificate wants it to be used.
        None => Mode::VerifyIdentity,
        Some(mode) => mode,
    };
    if has_socket {
        return Err(invalid(
            "a socket of the file system has no TLS; leave out either `socket` or what is about TLS",
        ));
    }
    if mode == Mode::Required && (ca.is_some() || name.is_some()) {
        return Err(invalid(
            "`ssl-mode=required` checks no certificate, so `ssl-ca` and `server-name` contradict it; write \
             `ssl-mode=verify-identity`, or `verify-ca` if the certificate has another name",
        ));
    }
    let mut tls = match mode {
        Mode::Required => Tls::new().dangerously_accept_any_certificate(),
        Mode::VerifyCa => Tls::new().any_name(),
        Mode::VerifyIdentity | Mode::Disabled => Tls::new(),
    };
    tls = match ca.as_deref() {
        None => tls,
        Some("system") => tls.system_authorities(),
        Some(path) => tls.authorities(PathBuf::from(path)),
    };
    if let Some(name) = name {
        tls = tls.verify_as(name);
    }
    match (certificate, key) {
        (None, Some(_)) => Err(invalid("`ssl-key` needs `ssl-cert`, the certificate that belongs to it")),
        (None, None) => Ok(Some(tls)),
        (Some(certificate), key) => {
            // Both may stand in one file.
            let key = key.unwrap_or_else(|| certificate.clone());
            Ok(Some(tls.identity(Pem::File(certificate.into()), Pem::File(key.into()))))
        }
    }
}

fn take_either(parameters: &mut Parameters, name: &str, other: &str) -> Result<Option<String>, BuildError> {
    match (parameters.text(name)?, parameters.text(other)?) {
        (Some(_), Some(_)) => Err(invalid(format!("the parameter `{name}` is there twice"))),
        (own, others) => Ok(own.or(others)),
    }
}

fn take_mode(parameters: &mut Parameters) -> Result<Option<Mode>, BuildError> {
    let mut mode = parameters.text("ssl-mode")?.map(|value| of_ssl_mode(&value)).transpose()?;
    for (name, values) in OTHER_NAMES {
        let Some(value) = parameters.text(name)? else { continue };
        let value = normal(&value);
        let found = values.iter().find(|(text, _)| *text == value).map(|(_, mode)| *mode);
        let found = match (name, found) {
            ("sslmode", _) => of_ssl_mode(&value)?,
            (_, Some(found)) => found,
            (_, None) => {
                return Err(invalid(format!(
                    "`{name}` does not say whether the certificate of the server is checked: write \
                     `ssl-mode=verify-identity` (it is) or `ssl-mode=required` (it is not)"
                )));
            }
        };
        if mode.replace(found).is_some() {
            return Err(invalid(format!(
                "`{name}` and another parameter say how to encrypt; `ssl-mode` alone is enough"
            )));
        }
    }
    Ok(mode)
}

fn of_ssl_mode(value: &str) -> Result<Mode, BuildError> {
    match &*normal(value) {
        "disabled" | "disable" => Ok(Mode::Disabled),
        "required" | "require" => Ok(Mode::Required),
        "verify-ca" => Ok(Mode::VerifyCa),
        "verify-identity" | "verify-full" => Ok(Mode::VerifyIdentity),
        "preferred" | "prefer" | "allow" => Err(invalid(
            "`ssl-mode=preferred` is not offered, because whoever is between both sides can turn encryption off: \
             write `verify-identity`, or `required` at least",
        )),
        _ => Err(invalid("`ssl-mode` must be `disabled`, `required`, `verify-ca` or `verify-identity`")),
    }
}

/// Without the differences between `VERIFY_CA`, `verify-ca` and `{"a": 1}`, `{"a":1}`.
pub(super) fn normal(text: &str) -> String {
    text.to_ascii_lowercase().replace('_', "-").replace(' ', "")
}
