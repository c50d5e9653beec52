use session_net::{
    Parameters,
    tls::{Tls, UrlParts, Verification},
};

use super::invalid;
use crate::BuildError;

/// What `tls` and the names that other programs have for it say; `None` is off.
type Mode = Option<Verification>;

const FULL: Mode = Some(Verification::Full);

/// Takes what concerns TLS. `None` is a plain connection, which only a URL without any part of TLS means.
pub(super) fn take_tls(is_secure: bool, parameters: &mut Parameters) -> Result<Option<Tls>, BuildError> {
    let mode = take_mode(parameters)?;
    let parts = UrlParts::take(parameters, ["ca", "cert", "key", "server_name"])?;
    let verification = match (mode, is_secure) {
        (Some(None), true) => return Err(invalid("`tls=false` contradicts the scheme, which means TLS")),
        (None | Some(None), false) if !parts.is_empty() => {
            return Err(invalid(
                "`ca`, `cert`, `key` and `server_name` need TLS: write rediss:// instead of redis://",
            ));
        }
        (None | Some(None), false) => return Ok(None),
        (None, true) => Verification::Full,
        (Some(Some(verification)), _) => verification,
    };
    if verification == Verification::Nothing && parts.has_trust() {
        return Err(invalid(
            "`tls=danger-accept-any-certificate` checks nothing, so `ca` and `server_name` contradict it",
        ));
    }
    Ok(Some(parts.tls(verification)?))
}

fn take_mode(parameters: &mut Parameters) -> Result<Option<Mode>, BuildError> {
    let own = parameters.text("tls")?.map(|value| match &*value {
        "true" | "1" | "yes" | "verify-full" => Ok(FULL),
        "false" | "0" | "no" => Ok(None),
        "verify-ca" => Ok(Some(Verification::AnyName)),
        "danger-accept-any-certificate" => Ok(Some(Verification::Nothing)),
        _ => Err(invalid("`tls` must be `verify-full`, `verify-ca` or `danger-accept-any-certificate`")),
    });
    let ssl = parameters.text("ssl")?.map(|value| match &*value {
        "true" | "1" | "yes" => Ok(FULL),
        "false" | "0" | "no" => Ok(None),
        _ => Err(invalid("`ssl` must be `true` or `false`; `tls` says more")),
    });
    let required = parameters.text("ssl_cert_reqs")?.map(|value| match &*value.to_ascii_lowercase() {
        "required" | "cert_required" => Ok(FULL),
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
