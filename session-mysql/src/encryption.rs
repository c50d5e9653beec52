//! What a program and a URL say of TLS, and what the client libraries can do of it.

use session_net::tls::Tls;
use session_sql::{BuildError, Dialect as _};

use crate::Mysql;

/// Checks everything that can be checked without a server. TLS needs this feature, which is on or not.
pub(crate) fn check(tls: &Tls, feature: &'static str, is_on: bool) -> Result<(), BuildError> {
    if !is_on {
        return Err(BuildError::Feature { feature, package: Mysql::CRATE });
    }
    #[cfg(feature = "tls-blocking")]
    tls.build().map_err(BuildError::Tls)?;
    let _ = tls;
    Ok(())
}

/// Refuses what the blocking client library cannot do.
#[cfg(feature = "blocking")]
pub(crate) fn check_blocking(tls: &Tls, host: &str) -> Result<(), BuildError> {
    use session_net::tls::{Authorities, Pem, Verification};

    let is_bytes = |pem: &Pem| pem.path().is_none();
    let has_bytes = matches!(tls.trusted(), Authorities::Own(pem) if is_bytes(pem))
        || tls.own_identity().is_some_and(|(certificate, key)| is_bytes(certificate) || is_bytes(key));
    let reason = if tls.verification() == Verification::AnyName {
        "`ssl-mode=verify-ca` is not possible, because its client library also trusts the public authorities, from \
         which everybody can have a certificate; use `verify-identity` or the asynchronous API"
    } else if tls.name().is_some_and(|name| name != host) {
        "a `server-name` other than the host is not possible; connect to a name that the certificate has, or use the \
         asynchronous API"
    } else if *tls.trusted() == Authorities::System {
        "the authorities of the system are not possible; name their file as `ssl-ca`, or use the asynchronous API"
    } else if has_bytes {
        "certificates and keys must be in files"
    } else {
        return Ok(());
    };
    Err(BuildError::Blocking { reason })
}

/// The client libraries ask rustls for the provider of the process, and panic if there is none and several are linked in.
/// So one is chosen before the first connection, unless the application has chosen its own by then.
#[cfg(feature = "tls-blocking")]
pub(crate) fn ensure_provider() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Another thread may have been faster.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
}
