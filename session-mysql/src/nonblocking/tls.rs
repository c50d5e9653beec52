use mysql_async::{ClientIdentity, SslOpts};
use session_net::tls::{Authorities, Tls, Verification};

use crate::options::{StoreOptions, TlsFiles};

/// The library leaves out the check of the name if the text of the error has this word, which rustls wrote once. Today the
/// text has the name that was expected, so that name has the word.
const ANY_NAME: &str = "NotValidForName.invalid";

/// The settings in terms of the library.
pub(super) fn ssl_opts(store: &StoreOptions) -> Option<SslOpts> {
    let tls = store.tls.as_ref()?;
    let TlsFiles { authorities, identity } = &store.tls_files;
    let identity =
        identity.as_ref().map(|(chain, key)| ClientIdentity::new(chain.clone().into(), key.clone().into()));
    let options = SslOpts::default()
        .with_disable_built_in_roots(*tls.trusted() != Authorities::Public)
        .with_root_certs(authorities.iter().map(|der| der.clone().into()).collect())
        .with_client_identity(identity);
    Some(match tls.verification() {
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
