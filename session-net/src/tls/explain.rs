use std::io;

use rustls::{AlertDescription, CertificateError, Error, InvalidMessage};

/// An error of TLS, with what to do about it.
#[derive(Debug, thiserror::Error)]
#[error("{source} ({hint})")]
struct Explained {
    hint: &'static str,
    source: Error,
}

/// Adds to an error of TLS what to do about it. Other errors stay as they are.
#[must_use]
pub fn explain(error: io::Error) -> io::Error {
    let hint = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()).and_then(hint);
    let Some(hint) = hint else { return error };
    let kind = error.kind();
    let Some(Ok(source)) = error.into_inner().map(|inner| inner.downcast::<Error>()) else {
        return kind.into();
    };
    io::Error::new(kind, Explained { hint, source: *source })
}

/// Whether TLS was not agreed upon, so that the server has executed nothing. With TLS 1.3 the server may say so only in
/// place of its first reply.
#[must_use]
pub fn is_handshake_failure(error: &io::Error) -> bool {
    match tls_error(error) {
        Some(Error::AlertReceived(alert)) => is_of_handshake(*alert),
        Some(Error::InvalidCertificate(_)) => true,
        _ => false,
    }
}

/// Whether the server refuses this client's certificate, or that it has none.
#[must_use]
pub fn is_certificate_refused(error: &io::Error) -> bool {
    matches!(tls_error(error), Some(Error::AlertReceived(alert)) if is_of_certificate(*alert))
}

fn tls_error(error: &io::Error) -> Option<&Error> {
    let inner = error.get_ref()?;
    let explained = inner.downcast_ref::<Explained>().map(|explained| &explained.source);
    // A wrapper of an application or a library may lie in between.
    explained
        .or_else(|| inner.downcast_ref())
        .or_else(|| inner.source().and_then(|source| source.downcast_ref()))
}

const fn is_of_certificate(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::NoCertificate
            | AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateRequired
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
    )
}

const fn is_of_handshake(alert: AlertDescription) -> bool {
    is_of_certificate(alert)
        || matches!(
            alert,
            AlertDescription::HandshakeFailure
                | AlertDescription::IllegalParameter
                | AlertDescription::ProtocolVersion
                | AlertDescription::InsufficientSecurity
                | AlertDescription::InappropriateFallback
                | AlertDescription::MissingExtension
                | AlertDescription::UnsupportedExtension
                | AlertDescription::UnrecognisedName
                | AlertDescription::NoApplicationProtocol
        )
}

fn hint(error: &Error) -> Option<&'static str> {
    Some(match error {
        Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => {
            "the server's certificate is for another name: connect to it by a name of the certificate, set the server \
             name, or verify the authority only"
        }
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            "nobody who is trusted here has issued the server's certificate: trust its authority"
        }
        Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
            "the server needs a new certificate, or this machine's clock is wrong"
        }
        Error::InvalidCertificate(
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. },
        ) => "this machine's clock is wrong, or that on which the certificate was made",
        Error::AlertReceived(AlertDescription::CertificateRequired | AlertDescription::NoCertificate) => {
            "the server asks for a client certificate, and none is set"
        }
        Error::AlertReceived(AlertDescription::HandshakeFailure) => {
            "the server may ask for a client certificate, or share no cipher"
        }
        Error::AlertReceived(alert) if is_of_certificate(*alert) => {
            "the server does not accept this client's certificate"
        }
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => "the server speaks no TLS on this port",
        _ => return None,
    })
}
