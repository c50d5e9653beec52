use std::{fmt, sync::Arc};

use rustls::{
    ClientConfig,
    crypto::{CryptoProvider, ring},
    pki_types::ServerName,
};

use super::{
    Pem, TlsClient, TlsError,
    identity::{Identity, with_identity},
    roots::Roots,
    verifier::{Rule, Verifier},
};

/// How a server must prove who it is, and how this side does. The default is what browsers do: a certificate for the
/// server's name from a public authority.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct Tls {
    roots: Roots,
    rule: Rule,
    server_name: Option<String>,
    identity: Option<Identity>,
}

impl Tls {
    /// The certificate must be for the server's name or address and from a public authority.
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts these authorities and no others. The certificate of the server itself may be among them, also one that it has
    /// signed itself.
    pub fn authorities(mut self, pem: impl Into<Pem>) -> Self {
        self.roots = Roots::Own(pem.into());
        self
    }

    /// Trusts the authorities of the system, or those in the file `SSL_CERT_FILE` and the directories `SSL_CERT_DIR`.
    pub fn system_authorities(mut self) -> Self {
        self.roots = Roots::System;
        self
    }

    /// The certificate may be for any name, as long as a trusted authority has issued it. It needs
    /// [authorities](Self::authorities) of your own: from the public ones everybody can have a certificate.
    pub const fn any_name(mut self) -> Self {
        self.rule = Rule::AnyName;
        self
    }

    /// **Believes every server.** Whoever can reach the network between both sides can read and change everything. For a
    /// certificate that nobody has issued, trust it as an [authority](Self::authorities) instead.
    pub const fn dangerously_accept_any_certificate(mut self) -> Self {
        self.rule = Rule::Anything;
        self
    }

    /// The name that the certificate must be for, where it is not the name or address that is connected to. Sentinels and
    /// nodes of a cluster announce addresses, and certificates are often for a name only.
    pub fn verify_as(mut self, name: impl Into<String>) -> Self {
        self.server_name = Some(name.into());
        self
    }

    /// Shows this certificate when the server asks for one: the certificate first, then those of the authorities in between.
    /// The key may be PKCS#8, PKCS#1 or SEC1, without a password.
    pub fn identity(mut self, certificate: impl Into<Pem>, key: impl Into<Pem>) -> Self {
        self.identity = Some(Identity { certificate: certificate.into(), key: key.into() });
        self
    }

    /// Reads the files and checks that everything fits. It never connects.
    ///
    /// The cryptography is that of the process if it has chosen one ([`CryptoProvider::get_default`]), else ring. Nothing is
    /// installed for the process.
    ///
    /// # Errors
    /// [`TlsError`], which names what cannot work.
    pub fn build(&self) -> Result<TlsClient, TlsError> {
        if self.rule == Rule::AnyName && !matches!(self.roots, Roots::Own(_)) {
            return Err(TlsError::Contradiction {
                reason: "the public authorities issue certificates to everybody, so one with any name from them \
                         proves nothing; name the authority of the server",
            });
        }
        let provider = CryptoProvider::get_default().cloned();
        let provider = provider.unwrap_or_else(|| Arc::new(ring::default_provider()));
        let invalid = |error: rustls::Error| TlsError::Provider { reason: error.to_string() };
        let identity = self.identity.as_ref().map(|identity| identity.load(&provider)).transpose()?;
        let verifier = Verifier::new(self.roots.load()?, self.rule, &provider);
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config =
            config.map_err(invalid)?.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
        let name = self.server_name.as_deref().map(parse_name).transpose()?;
        Ok(TlsClient::new(with_identity(config, identity), name))
    }
}

/// Reads a host name, or an address with or without brackets.
pub(super) fn parse_name(name: &str) -> Result<ServerName<'static>, TlsError> {
    let inside = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
    let name = || name.to_owned();
    ServerName::try_from(inside.to_owned()).map_err(|_| TlsError::ServerName { name: name() })
}

/// What it asks of a server, in few words.
impl fmt::Display for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.rule {
            Rule::Full => "a certificate for its name",
            Rule::AnyName => "a certificate of an authority",
            Rule::Anything => "any certificate",
        })
    }
}
