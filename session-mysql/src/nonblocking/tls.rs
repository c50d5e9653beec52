use mysql_async::{ClientIdentity, SslOpts};
use session_net::tls::{Authorities, Tls, Verification};

use session_sql::BuildError;

/// The library leaves out the check of the name if the text of the error has this word, which rustls wrote once. Today the
/// text has the name that was expected, so that name has the word.
const ANY_NAME: &str = "NotValidForName.invalid";

/// The settings in terms of the library.
///
/// # Errors
/// [`BuildError`] if a file that they name cannot be used.
pub(super) fn ssl_opts(tls: &Tls) -> Result<SslOpts, BuildError> {
    let identity = tls
        .own_identity()
        .map(|(chain, key)| Ok(ClientIdentity::new(chain.read()?.into(), key.read()?.into())));
    let identity = identity.transpose().map_err(|reason: String| BuildError::Url { reason })?;
    let options = SslOpts::default()
        .with_disable_built_in_roots(*tls.trusted() != Authorities::Public)
        .with_root_certs(tls.trusted().certificates()?.into_iter().map(Into::into).collect())
        .with_client_identity(identity);
    Ok(match tls.verification() {
        Verification::AnyName => {
            options.with_danger_skip_domain_validation(true).with_danger_tls_hostname_override(Some(ANY_NAME))
        }
        Verification::Nothing => options
            .with_danger_skip_domain_validation(true)
            .with_danger_accept_invalid_certs(true)
            .with_danger_tls_hostname_override(name(tls)),
        _ => options.with_danger_tls_hostname_override(name(tls)),
    })
}

fn name(tls: &Tls) -> Option<String> {
    tls.name().map(ToOwned::to_owned)
}
