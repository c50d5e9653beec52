use rustls::{
    CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_cert_signed_by_trust_anchor, verify_server_name,
    },
    crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::ParsedCertificate,
};

use super::{Verification, roots::Trusted};

#[derive(Debug)]
pub(super) struct Verifier {
    roots: RootCertStore,
    given: Vec<CertificateDer<'static>>,
    verification: Verification,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Verifier {
    pub(super) fn new(trusted: Trusted, verification: Verification, provider: &CryptoProvider) -> Self {
        let Trusted { roots, given } = trusted;
        Self { roots, given, verification, algorithms: provider.signature_verification_algorithms }
    }

    fn check_issuer(
        &self,
        certificate: &CertificateDer<'_>,
        parsed: &ParsedCertificate<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), Error> {
        let algorithms = self.algorithms.all;
        let issued =
            verify_server_cert_signed_by_trust_anchor(parsed, &self.roots, intermediates, now, algorithms);
        match issued {
            // A certificate that was given is trusted without an issuer. Its times were checked before this error.
            Err(error) if is_authority(&error) && self.given.iter().any(|given| given == certificate) => {
                Ok(())
            }
            issued => issued,
        }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.verification != Verification::Nothing {
            let parsed = ParsedCertificate::try_from(certificate)?;
            self.check_issuer(certificate, &parsed, intermediates, now)?;
            if self.verification == Verification::Full {
                verify_server_name(&parsed, server_name)?;
            }
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        // Certificates of version 1, which old MySQL servers make for themselves, cannot be read.
        if self.verification == Verification::Nothing {
            return Ok(HandshakeSignatureValid::assertion());
        }
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if self.verification == Verification::Nothing {
            return Ok(HandshakeSignatureValid::assertion());
        }
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// Whether the certificate is that of an authority, as what `openssl req -x509` makes by default.
fn is_authority(error: &Error) -> bool {
    let Error::InvalidCertificate(CertificateError::Other(other)) = error else { return false };
    // rustls has no name of its own for it.
    other.to_string() == "CaUsedAsEndEntity"
}
