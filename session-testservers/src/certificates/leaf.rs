/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    names: String,
    usage: &'static str,
    is_expired: bool,
    is_authority: bool,
    pub(super) is_rsa: bool,
}

impl Leaf {
    /// A server with these names, as openssl writes them: `DNS:redis.test,IP:127.0.0.1`; with none if the text is empty.
    #[must_use]
    pub fn server(names: &str) -> Self {
        let names = names.to_owned();
        Self { names, usage: "serverAuth", is_expired: false, is_authority: false, is_rsa: false }
    }

    /// A client.
    #[must_use]
    pub fn client() -> Self {
        Self { usage: "clientAuth", ..Self::server("") }
    }

    /// Lets it have ended yesterday.
    #[must_use]
    pub const fn expired(mut self) -> Self {
        self.is_expired = true;
        self
    }

    /// Lets it say that it is an authority, as what `openssl req -x509` makes by default.
    #[must_use]
    pub const fn authority(mut self) -> Self {
        self.is_authority = true;
        self
    }

    /// Lets it have an RSA key instead of one on an elliptic curve.
    #[must_use]
    pub const fn rsa(mut self) -> Self {
        self.is_rsa = true;
        self
    }

    pub(super) const fn days(&self) -> &'static str {
        if self.is_expired { "-1" } else { "2" }
    }

    /// The extensions in a file of openssl.
    pub(super) fn extensions(&self) -> String {
        let Self { names, usage, is_authority, .. } = self;
        let names = if names.is_empty() { String::new() } else { format!("subjectAltName = {names}\n") };
        if *is_authority {
            return format!("basicConstraints = critical,CA:TRUE\nsubjectKeyIdentifier = hash\n{names}");
        }
        format!(
            "basicConstraints = critical,CA:FALSE\nkeyUsage = critical,digitalSignature\nextendedKeyUsage = {usage}\n{names}"
        )
    }
}
