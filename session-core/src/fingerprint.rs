//! Binding a session to properties of the requests that use it.

use std::{fmt, net::IpAddr};

use subtle::ConstantTimeEq as _;

use crate::{
    config::{FingerprintProperty, SessionConfig},
    visit::Visit,
};

/// The chosen properties of a request as 16 bytes: a BLAKE3 hash, keyed with the application's secret where there is
/// one, so that a stolen store does not tell who uses which browser.
///
/// The network enters as the first 24 bits of an IPv4 address or the first 48 of an IPv6 address, what a provider
/// commonly gives to one place; an IPv4 address written as IPv6 counts as IPv4.
#[derive(Clone, Copy, Eq)]
pub struct Fingerprint([u8; 16]);

/// The proof that a request fits its session, or that the policy lets it pass although it does not.
///
/// Only [`check`] makes one, and the exchange for [`OnMismatch::Report`](crate::config::OnMismatch::Report).
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub struct FingerprintOk(());

/// The request is not from where the session's other requests came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FingerprintMismatch {
    /// The stored fingerprint is another one.
    #[error("the session has another fingerprint than the request")]
    Differs,
    /// What is stored is no fingerprint.
    #[error("the session's fingerprint is damaged")]
    Malformed,
}

impl Fingerprint {
    /// The fingerprint of a request; none when no properties are chosen or there is no request to take them from.
    ///
    /// ```
    /// use session_core::{config::SessionConfig, fingerprint::Fingerprint, visit::Visit};
    ///
    /// let config = SessionConfig::default();
    /// let firefox = Fingerprint::of(&Visit::new().user_agent(b"Firefox"), &config);
    /// assert_ne!(firefox, Fingerprint::of(&Visit::new().user_agent(b"curl"), &config));
    /// assert_eq!(Fingerprint::of(&Visit::outside_http(), &config), None);
    /// ```
    #[must_use]
    pub fn of(visit: &Visit<'_>, config: &SessionConfig) -> Option<Self> {
        if visit.is_outside_http() || config.fingerprint().properties().next().is_none() {
            return None;
        }
        let mut hasher = blake3::Hasher::new_keyed(config.fingerprint_secret());
        for property in config.fingerprint().properties() {
            match property {
                FingerprintProperty::UserAgent => add(&mut hasher, 1, visit.user_agent),
                FingerprintProperty::AcceptLanguage => add(&mut hasher, 2, visit.accept_language),
                FingerprintProperty::Dnt => add(&mut hasher, 3, visit.dnt),
                FingerprintProperty::Network => add_network(&mut hasher, visit.network),
            }
        }
        let mut bytes = [0; 16];
        hasher.finalize_xof().fill(&mut bytes);
        Some(Self(bytes))
    }

    /// The fingerprint with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes, as the session keeps them.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// Compares, in constant time, what the session has with what the request shows.
///
/// A session without a fingerprint fits every request: it was stored before fingerprints were switched on, and gets one
/// with its next write. Without a current fingerprint there is nothing to compare.
///
/// # Errors
/// [`FingerprintMismatch`] when both are there and are not the same.
pub fn check(
    stored: Option<&[u8]>,
    current: Option<&Fingerprint>,
) -> Result<FingerprintOk, FingerprintMismatch> {
    let (Some(stored), Some(current)) = (stored, current) else {
        return Ok(FingerprintOk(()));
    };
    let stored = stored.try_into().map_err(|_| FingerprintMismatch::Malformed)?;
    if Fingerprint::from_bytes(stored) == *current {
        Ok(FingerprintOk(()))
    } else {
        Err(FingerprintMismatch::Differs)
    }
}

impl FingerprintOk {
    /// Lets a request pass whose mismatch has been reported.
    #[allow(dead_code, reason = "the exchange uses it")]
    pub(crate) const fn reported(_: FingerprintMismatch) -> Self {
        Self(())
    }
}

impl PartialEq for Fingerprint {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprint(redacted)")
    }
}

/// Tag, presence and length before the bytes: no two requests are the same when strung together.
fn add(hasher: &mut blake3::Hasher, tag: u8, value: Option<&[u8]>) {
    let value_or_empty = value.unwrap_or_default();
    hasher.update(&[tag, value.is_some().into()]);
    hasher.update(&(value_or_empty.len() as u64).to_le_bytes());
    hasher.update(value_or_empty);
}

fn add_network(hasher: &mut blake3::Hasher, address: Option<IpAddr>) {
    match address.map(|address| address.to_canonical()) {
        None => add(hasher, 4, None),
        Some(IpAddr::V4(address)) => add(hasher, 4, address.octets().get(..3)),
        Some(IpAddr::V6(address)) => add(hasher, 5, address.octets().get(..6)),
    }
}
