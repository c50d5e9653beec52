use mysql::SslOpts;
use session_net::tls::{Authorities, Tls, Verification};

/// The settings in terms of the library. What it cannot do was [refused](crate::encryption::check_blocking).
pub(super) fn ssl_opts(tls: &Tls) -> SslOpts {
    let authority = match tls.trusted() {
        Authorities::Own(pem) => pem.path().map(ToOwned::to_owned),
        _ => None,
    };
    let is_unchecked = tls.verification() == Verification::Nothing;
    let options = SslOpts::default()
        .with_root_cert_path(authority)
        .with_danger_accept_invalid_certs(is_unchecked)
        .with_danger_skip_domain_validation(is_unchecked);
    #[cfg(feature = "tls-blocking")]
    let options = options.with_client_identity(tls.own_identity().and_then(|(certificate, key)| {
        Some(mysql::ClientIdentity::new(certificate.path()?.to_owned(), key.path()?.to_owned()))
    }));
    options
}
