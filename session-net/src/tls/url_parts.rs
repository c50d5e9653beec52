use std::path::PathBuf;

use super::{Pem, Tls, Verification};
use crate::{ParameterError, Parameters};

/// What the parameters of a URL name: the authority of the server and its name, the certificate of this side and its key.
///
/// ```
/// use session_net::{Parameters, tls::{Tls, UrlParts, Verification}};
///
/// let mut parameters = Parameters::parse("ca=system", &[])?;
/// let parts = UrlParts::take(&mut parameters, ["ca", "cert", "key", "server_name"])?;
/// assert_eq!(parts.tls(Verification::Full)?, Tls::new().system_authorities());
/// # Ok::<(), session_net::ParameterError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlParts {
    names: [&'static str; 4],
    authority: Option<String>,
    certificate: Option<String>,
    key: Option<String>,
    name: Option<String>,
}

impl UrlParts {
    /// Takes the parameters of these names, in the order of the fields.
    ///
    /// # Errors
    /// [`ParameterError`] if one is there twice, or has no value.
    pub fn take(parameters: &mut Parameters, names: [&'static str; 4]) -> Result<Self, ParameterError> {
        let [authority, certificate, key, name] = names.map(|name| parameters.text(name));
        Ok(Self { names, authority: authority?, certificate: certificate?, key: key?, name: name? })
    }

    /// Returns whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        !self.has_trust() && self.certificate.is_none() && self.key.is_none()
    }

    /// Returns whether one of them says whom to trust, which a connection without any check contradicts.
    #[must_use]
    pub const fn has_trust(&self) -> bool {
        self.authority.is_some() || self.name.is_some()
    }

    /// Returns the settings. A certificate and its key may stand in one file.
    ///
    /// # Errors
    /// [`ParameterError`] if there is a key without its certificate.
    pub fn tls(self, verification: Verification) -> Result<Tls, ParameterError> {
        let tls = match verification {
            Verification::Full => Tls::new(),
            Verification::AnyName => Tls::new().any_name(),
            Verification::Nothing => Tls::new().dangerously_accept_any_certificate(),
        };
        let tls = match self.authority.as_deref() {
            None => tls,
            Some("system") => tls.system_authorities(),
            Some(path) => tls.authorities(PathBuf::from(path)),
        };
        let tls = match self.name {
            None => tls,
            Some(name) => tls.verify_as(name),
        };
        match (self.certificate, self.key) {
            (None, None) => Ok(tls),
            (None, Some(_)) => {
                let [_, other, name, _] = self.names.map(str::to_owned);
                Err(ParameterError::Alone { name, other })
            }
            (Some(certificate), key) => {
                let key = key.unwrap_or_else(|| certificate.clone());
                Ok(tls.identity(Pem::File(certificate.into()), Pem::File(key.into())))
            }
        }
    }
}
