use session_net::{
    Parameters,
    tls::{Tls, UrlParts, Verification},
};

use crate::BuildError;

/// How to encrypt, as the programs of the databases name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SslMode {
    /// Not at all.
    Disabled,
    /// The certificate must prove so much.
    Encrypted(Verification),
}

/// The names of the parameters about TLS, and of two values of the first.
#[derive(Debug, Clone, Copy)]
pub struct SslWords {
    /// The parameter whose value is a [`SslMode`], such as `ssl-mode`.
    pub mode: &'static str,
    /// The authority, the certificate and the key of this side, and the name of the server.
    pub parts: [&'static str; 4],
    /// The value that checks nothing.
    pub required: &'static str,
    /// The value that checks everything.
    pub full: &'static str,
}

impl SslMode {
    /// The mode by any of its names.
    ///
    /// # Errors
    /// [`BuildError::Url`] if it is not the name of one, or of one that encrypts only if nobody objects.
    pub fn new(value: &str, words: &SslWords) -> Result<Self, BuildError> {
        let SslWords { mode, required, full, .. } = words;
        match &*value.to_ascii_lowercase().replace('_', "-") {
            "disabled" | "disable" => Ok(Self::Disabled),
            "required" | "require" => Ok(Self::Encrypted(Verification::Nothing)),
            "verify-ca" => Ok(Self::Encrypted(Verification::AnyName)),
            "verify-identity" | "verify-full" => Ok(Self::Encrypted(Verification::Full)),
            "preferred" | "prefer" | "allow" => Err(BuildError::url(format!(
                "`{mode}={value}` is not offered, because whoever is between both sides can turn encryption off: write \
                 `{full}`, or `{required}` at least",
                value = value.to_ascii_lowercase(),
            ))),
            _ => Err(BuildError::url(format!(
                "`{mode}` must be `disable`, `{required}`, `verify-ca` or `{full}`"
            ))),
        }
    }

    /// Takes the parameter whose value is a mode.
    ///
    /// # Errors
    /// [`BuildError::Url`] as for [`new`](Self::new).
    pub fn take(parameters: &mut Parameters, words: &SslWords) -> Result<Option<Self>, BuildError> {
        parameters.text(words.mode)?.map(|value| Self::new(&value, words)).transpose()
    }

    /// Takes the other parameters about TLS. `None` is a plain connection, which only a URL without any of them means.
    pub(crate) fn tls(
        mode: Option<Self>,
        words: &SslWords,
        has_socket: bool,
        parameters: &mut Parameters,
    ) -> Result<Option<Tls>, BuildError> {
        let SslWords { mode: name, parts: names, required, full } = words;
        let parts = UrlParts::take(parameters, *names)?;
        let verification = match mode {
            None | Some(Self::Disabled) if parts.is_empty() => return Ok(None),
            Some(Self::Disabled) => {
                return Err(BuildError::url(format!(
                    "`{name}` says that nothing is encrypted, which contradicts the other parameters of TLS; leave one of \
                     them out"
                )));
            }
            // Whoever names an authority or a certificate wants it to be used.
            None => Verification::Full,
            Some(Self::Encrypted(verification)) => verification,
        };
        if has_socket {
            return Err(BuildError::url(
                "a socket of the file system has no TLS; leave out either the socket or what is about TLS",
            ));
        }
        if verification == Verification::Nothing && parts.has_trust() {
            let [authority, .., server] = names;
            return Err(BuildError::url(format!(
                "`{name}={required}` checks no certificate, so `{authority}` and `{server}` contradict it; write \
                 `{name}={full}`, or `verify-ca` if the certificate has another name"
            )));
        }
        Ok(Some(parts.tls(verification)?))
    }
}
