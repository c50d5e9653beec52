use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};

use super::{Authorities, Pem, TlsError};

/// The authorities, and which certificates were given themselves.
pub(super) struct Trusted {
    pub(super) roots: RootCertStore,
    pub(super) given: Vec<CertificateDer<'static>>,
}

impl Authorities {
    /// Returns the certificates as DER; none for those that are compiled in.
    ///
    /// # Errors
    /// [`TlsError`] if they cannot be read, or there is none.
    pub fn certificates(&self) -> Result<Vec<Vec<u8>>, TlsError> {
        Ok(self.load()?.given.iter().map(|certificate| certificate.to_vec()).collect())
    }

    pub(super) fn load(&self) -> Result<Trusted, TlsError> {
        let mut roots = RootCertStore::empty();
        match self {
            Self::Public => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
            Self::System => {
                let found = rustls_native_certs::load_native_certs();
                let (usable, _) = roots.add_parsable_certificates(found.certs.iter().cloned());
                if usable == 0 {
                    return Err(TlsError::System { reason: nothing_found(&found.errors) });
                }
                return Ok(Trusted { roots, given: found.certs });
            }
            Self::Own(pem) => {
                let given = own(pem, &mut roots);
                let invalid = |reason| TlsError::Authorities { origin: pem.to_string(), reason };
                return Ok(Trusted { roots, given: given.map_err(invalid)? });
            }
        }
        Ok(Trusted { roots, given: Vec::new() })
    }
}

fn own(pem: &Pem, roots: &mut RootCertStore) -> Result<Vec<CertificateDer<'static>>, String> {
    let given = certificates(&pem.read()?)?;
    for (index, certificate) in given.iter().enumerate() {
        let added = roots.add(certificate.clone());
        added.map_err(|error| format!("certificate {} of {}: {error}", index + 1, given.len()))?;
    }
    Ok(given)
}

/// Reads all certificates, of which there must be one.
pub(super) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let certificates = certificates.map_err(|error| format!("it is not PEM: {error}"))?;
    if certificates.is_empty() {
        return Err("it has no certificate in PEM (`-----BEGIN CERTIFICATE-----`)".to_owned());
    }
    Ok(certificates)
}

fn nothing_found(errors: &[rustls_native_certs::Error]) -> String {
    let why: String = errors.iter().map(|error| format!(": {error}")).collect();
    format!("none was found, also not by SSL_CERT_FILE and SSL_CERT_DIR{why}")
}
