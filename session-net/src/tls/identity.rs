use std::sync::Arc;

use rustls::{
    ClientConfig, ConfigBuilder, Error, InconsistentKeys,
    client::WantsClientCert,
    crypto::CryptoProvider,
    pki_types::{
        PrivateKeyDer,
        pem::{self, PemObject as _},
    },
    sign::CertifiedKey,
};

use super::{TlsError, roots::certificates, settings::Identity};

impl Identity {
    pub(super) fn load(&self, provider: &CryptoProvider) -> Result<Arc<CertifiedKey>, TlsError> {
        let origin = self.certificate.to_string();
        let invalid = |reason| TlsError::Certificate { origin: origin.clone(), reason };
        let chain = self.certificate.read().and_then(|pem| certificates(&pem)).map_err(invalid)?;
        let unusable = |reason| TlsError::Key { origin: self.key.to_string(), reason };
        let key = self.key.read().and_then(|pem| private_key(&pem)).map_err(unusable)?;
        let key = provider.key_provider.load_private_key(key);
        let key = key.map_err(|error| unusable(format!("its kind is not supported: {error}")))?;
        let certified = CertifiedKey::new(chain, key);
        match certified.keys_match() {
            Ok(()) | Err(Error::InconsistentKeys(InconsistentKeys::Unknown)) => Ok(Arc::new(certified)),
            Err(Error::InconsistentKeys(_)) => {
                Err(unusable(format!("it does not belong to the certificate in {origin}")))
            }
            Err(error) => Err(invalid(error.to_string())),
        }
    }
}

/// Lets the client show the certificate whichever authorities the server names.
pub(super) fn with_identity(
    config: ConfigBuilder<ClientConfig, WantsClientCert>,
    identity: Option<Arc<CertifiedKey>>,
) -> ClientConfig {
    match identity {
        Some(key) => config.with_client_cert_resolver(Arc::new(rustls::sign::SingleCertAndKey::from(key))),
        None => config.with_no_client_auth(),
    }
}

/// Reads PKCS#8, PKCS#1 or SEC1.
fn private_key(text: &[u8]) -> Result<PrivateKeyDer<'static>, String> {
    const ENCRYPTED: [&[u8]; 2] = [b"BEGIN ENCRYPTED PRIVATE KEY", b"Proc-Type: 4,ENCRYPTED"];

    let has = |part: &[u8]| text.windows(part.len()).any(|window| window == part);
    if ENCRYPTED.into_iter().any(has) {
        return Err(
            "it is encrypted with a password; `openssl pkey -in FILE -out NEW` decrypts it".to_owned()
        );
    }
    PrivateKeyDer::from_pem_slice(text).map_err(|error| match error {
        pem::Error::NoItemsFound => {
            "it has no private key in PEM (`-----BEGIN PRIVATE KEY-----`, `RSA PRIVATE KEY` or `EC PRIVATE KEY`)"
                .to_owned()
        }
        error => format!("it is not PEM: {error}"),
    })
}
