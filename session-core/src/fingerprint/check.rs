use super::{Fingerprint, Sealed};
use crate::{config::SessionConfig, record::Piece};

/// The proof that the fingerprint of a request does not contradict its session, or that the policy accepts a mismatch.
///
/// Only [`check`] makes one, and the exchange for [`OnMismatch::Report`](crate::config::OnMismatch::Report).
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub struct FingerprintOk(());

/// The request's fingerprint contradicts the session's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the fingerprint of the request does not match that of the session")]
#[non_exhaustive]
pub struct FingerprintMismatch;

/// Compares the fingerprint of the session with that of the request.
///
/// Where one of them shows nothing, nothing contradicts: a session that was stored before fingerprints were turned on, a
/// request without a user agent. Neither do stored bytes that are not a fingerprint, as after a change of
/// `fingerprint_key`: they would lock the owner out for ever. The next write replaces them.
///
/// # Errors
/// [`FingerprintMismatch`] if they contradict each other, or if the session's was sealed with none of the secrets.
pub fn check(
    stored: Option<&[u8]>,
    current: Option<&Fingerprint>,
    config: &SessionConfig,
) -> Result<FingerprintOk, FingerprintMismatch> {
    let (Some(sealed), Some(current)) = (stored.and_then(Sealed::parse), current) else {
        return Ok(FingerprintOk(()));
    };
    match sealed.open(config.fingerprint_secrets()) {
        Some(known) if !known.contradicts(current) => Ok(FingerprintOk(())),
        _ => Err(FingerprintMismatch),
    }
}

/// The fingerprint that a write of this request stores; `None` if the stored one stays.
///
/// An absent part is filled in. A known part stays, and a request that contradicts it fills in nothing.
#[must_use]
pub(crate) fn note(
    stored: Option<&[u8]>,
    current: Option<&Fingerprint>,
    config: &SessionConfig,
    salt: [u8; 4],
) -> Option<Piece> {
    let current = current?;
    let known = match stored.and_then(Sealed::parse) {
        None => *current,
        Some(sealed) if sealed.shows(current) && !config.has_older_secrets() => return None,
        Some(sealed) => {
            let known = sealed.open(config.fingerprint_secrets())?;
            let is_current = sealed.shows(current) && sealed.open([config.fingerprint_secret()]).is_some();
            if is_current || known.contradicts(current) {
                return None;
            }
            known.or(current)
        }
    };
    Some(Sealed::new(&known, config.fingerprint_secret(), salt).to_piece())
}

impl FingerprintOk {
    /// Accepts a request whose mismatch has been reported.
    pub(crate) const fn reported(_: FingerprintMismatch) -> Self {
        Self(())
    }
}
