use super::{Authorities, Pem, Verification};

/// How a server must prove who it is, and how this side does. The default is what browsers do: a certificate for the
/// server's name from a public authority.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct Tls {
    authorities: Authorities,
    verification: Verification,
    server_name: Option<String>,
    pub(super) identity: Option<Identity>,
}

/// The certificate that this side shows, and its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) certificate: Pem,
    pub(super) key: Pem,
}

impl Tls {
    /// The certificate must be for the server's name or address and from a public authority.
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts these authorities and no others. The certificate of the server itself may be among them, also one that it has
    /// signed itself.
    pub fn authorities(mut self, pem: impl Into<Pem>) -> Self {
        self.authorities = Authorities::Own(pem.into());
        self
    }

    /// Trusts the authorities of the system, or those in the file `SSL_CERT_FILE` and the directories `SSL_CERT_DIR`.
    pub fn system_authorities(mut self) -> Self {
        self.authorities = Authorities::System;
        self
    }

    /// The certificate may be for any name, as long as a trusted authority has issued it. It needs
    /// [authorities](Self::authorities) of your own: from the public ones everybody can have a certificate.
    pub const fn any_name(mut self) -> Self {
        self.verification = Verification::AnyName;
        self
    }

    /// **Believes every server.** Whoever can reach the network between both sides can read and change everything. For a
    /// certificate that nobody has issued, trust it as an [authority](Self::authorities) instead.
    pub const fn dangerously_accept_any_certificate(mut self) -> Self {
        self.verification = Verification::Nothing;
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

    /// Whom it trusts.
    #[must_use]
    pub const fn trusted(&self) -> &Authorities {
        &self.authorities
    }

    /// What a certificate must prove.
    #[must_use]
    pub const fn verification(&self) -> Verification {
        self.verification
    }

    /// The name of [`verify_as`](Self::verify_as).
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.server_name.as_deref()
    }

    /// The certificate and the key of this side.
    #[must_use]
    pub fn own_identity(&self) -> Option<(&Pem, &Pem)> {
        self.identity.as_ref().map(|identity| (&identity.certificate, &identity.key))
    }
}
