use std::path::PathBuf;

use session_net::{
    Parameters,
    tls::{Pem, Tls},
};

use super::invalid;
use crate::BuildError;

/// What `tls` and the names that other programs have for it say.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Off,
    Full,
    AnyName,
    Nothing,
}

/// Takes what concerns TLS. `None` is a plain connection, which only a URL without any part of TLS means.
pub(super) fn take_tls(is_secure: bool, parameters: &mut Parameters) -> Result<Option<Tls>, BuildError> {
    let mode = take_mode(parameters)?;
    let ca = parameters.text("ca")?;
    let certificate = parameters.text("cert")?;
    let key = parameters.text("key")?;
    let name = parameters.text("server_name")?;
    let has_part = [&ca, &certificate, &key, &name].into_iter().any(Option::is_some);
    let mode = match (mode, is_secure) {
        (Some(Mode::Off), true) => {
            return Err(invalid("`tls=false` contradicts the scheme, which means TLS"));
        }
        (None | Some(Mode::Off), false) if has_part => {
            return Err(invalid(
                "`ca`, `cert`, `key` and `server_name` need TLS: write rediss:// instead of redis://",
            ));
        }
        (None | Some(Mode::Off), false) => return Ok(None),
        (None, true) => Mode::Full,
        (Some(mode), _) => mode,
    };
    if mode == Mode::Nothing && (ca.is_some() || name.is_some()) {
        return Err(invalid(
            "`tls=danger-accept-any-certificate` checks nothing, so `ca` and `server_name` contradict it",
        ));
    }
    let mut tls = match mode {
        Mode::AnyName => Tls::new().any_name(),
        Mode::Nothing => Tls::new().dangerously_accept_any_certificate(),
        Mode::Full | Mode::Off => Tls::new(),
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
        (None, Some(_)) => Err(invalid("`key` needs `cert`, the certificate that belongs to it")),
        (None, None) => Ok(Some(tls)),
        (Some(certificate), key) => {
            // Both may stand in one file.
            let key = key.unwrap_or_else(|| certificate.clone());
            Ok(Some(tls.identity(Pem::File(certificate.into()), Pem::File(key.into()))))
        }
    }
}

fn take_mode(parameters: &mut Parameters) -> Result<Option<Mode>, BuildError> {
    let own = parameters.text("tls")?.map(|value| match &*value {
        "true" | "1" | "yes" | "verify-full" => Ok(Mode::Full),
        "false" | "0" | "no" => Ok(Mode::Off),
        "verify-ca" => Ok(Mode::AnyName),
        "danger-accept-any-certificate" => Ok(Mode::Nothing),
        _ => Err(invalid("`tls` must be `verify-full`, `verify-ca` or `danger-accept-any-certificate`")),
    });
    let ssl = parameters.text("ssl")?.map(|value| match &*value {
        "true" | "1" | "yes" => Ok(Mode::Full),
        "false" | "0" | "no" => Ok(Mode::Off),
        _ => Err(invalid("`ssl` must be `true` or `false`; `tls` says more")),
    });
    let required = parameters.text("ssl_cert_reqs")?.map(|value| match &*value.to_ascii_lowercase() {
        "required" | "cert_required" => Ok(Mode::Full),
        _ => Err(invalid(
            "`ssl_cert_reqs` other than `required` checks no certificate; that is \
             `tls=danger-accept-any-certificate` here, and `ca` trusts a certificate of your own",
        )),
    });
    let mut modes = [own, ssl, required].into_iter().flatten();
    match (modes.next(), modes.next()) {
        (mode, None) => mode.transpose(),
        (_, Some(_)) => Err(invalid("only one of `tls`, `ssl` and `ssl_cert_reqs` may say how to encrypt")),
    }
}
