use std::path::PathBuf;

use session_net::{
    Parameters,
    tls::{Pem, Tls},
};

use session_sql::BuildError;

use super::invalid;

/// The values of `sslmode`, as libpq names them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Disable,
    Require,
    VerifyCa,
    VerifyFull,
}

/// Takes what concerns TLS. `None` is a plain connection, which only a URL without any part of TLS means.
pub(super) fn take_tls(has_socket: bool, parameters: &mut Parameters) -> Result<Option<Tls>, BuildError> {
    let mode = parameters.text("sslmode")?.map(|value| mode(&value)).transpose()?;
    let ca = parameters.text("sslrootcert")?;
    let certificate = parameters.text("sslcert")?;
    let key = parameters.text("sslkey")?;
    let name = parameters.text("server-name")?;
    if parameters.text("channel-binding")?.is_some_and(|value| value == "require") {
        return Err(invalid(
            "`channel_binding=require` is not offered: write `sslmode=verify-full`, by which the server proves itself",
        ));
    }
    let has_part = [&ca, &certificate, &key, &name].into_iter().any(Option::is_some);
    let mode = match mode {
        None if !has_part => return Ok(None),
        Some(Mode::Disable) if !has_part => return Ok(None),
        Some(Mode::Disable) => {
            return Err(invalid(
                "`sslmode=disable` contradicts the other parameters of TLS; leave one of them out",
            ));
        }
        // Whoever names an authority or a certificate wants it to be used.
        None => Mode::VerifyFull,
        Some(mode) => mode,
    };
    if has_socket {
        return Err(invalid(
            "a socket of the file system has no TLS; leave out either the socket or what is about TLS",
        ));
    }
    if mode == Mode::Require && (ca.is_some() || name.is_some()) {
        return Err(invalid(
            "`sslmode=require` checks no certificate, so `sslrootcert` and `server-name` contradict it; write \
             `sslmode=verify-full`, or `verify-ca` if the certificate has another name",
        ));
    }
    let mut tls = match mode {
        Mode::Require => Tls::new().dangerously_accept_any_certificate(),
        Mode::VerifyCa => Tls::new().any_name(),
        Mode::VerifyFull | Mode::Disable => Tls::new(),
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
        (None, Some(_)) => Err(invalid("`sslkey` needs `sslcert`, the certificate that belongs to it")),
        (None, None) => Ok(Some(tls)),
        (Some(certificate), key) => {
            // Both may stand in one file.
            let key = key.unwrap_or_else(|| certificate.clone());
            Ok(Some(tls.identity(Pem::File(certificate.into()), Pem::File(key.into()))))
        }
    }
}

fn mode(value: &str) -> Result<Mode, BuildError> {
    match &*value.to_ascii_lowercase().replace('_', "-") {
        "disable" | "disabled" => Ok(Mode::Disable),
        "require" | "required" => Ok(Mode::Require),
        "verify-ca" => Ok(Mode::VerifyCa),
        "verify-full" | "verify-identity" => Ok(Mode::VerifyFull),
        "prefer" | "preferred" | "allow" => Err(invalid(
            "`sslmode=prefer` is not offered, because whoever is between both sides can turn encryption off: write \
             `verify-full`, or `require` at least",
        )),
        _ => Err(invalid("`sslmode` must be `disable`, `require`, `verify-ca` or `verify-full`")),
    }
}
