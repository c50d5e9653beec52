//! Binding a session to properties of the requests that use it.

use std::{fmt, net::IpAddr};

use subtle::ConstantTimeEq as _;

use crate::{
    config::{FingerprintProperty, SessionConfig},
    visit::Visit,
};

/// The chosen properties of a request as 16 bytes: a BLAKE3 hash, keyed with the application's secret if there is one, so
/// that a stolen store does not show who uses which browser.
///
/// The network is the first 24 bits of an IPv4 address or the first 48 bits of an IPv6 address, which providers commonly
/// assign to one place; an IPv4 address in IPv6 form counts as IPv4.
#[derive(Clone, Copy, Eq)]
pub struct Fingerprint([u8; 16]);

/// The proof that the fingerprint of a request matches its session, or that the policy accepts a mismatch.
///
/// Only [`check`] makes one, and the exchange for [`OnMismatch::Report`](crate::config::OnMismatch::Report).
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub struct FingerprintOk(());

/// The request's fingerprint does not match the session's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FingerprintMismatch {
    /// The stored fingerprint is different.
    #[error("the fingerprint of the request does not match that of the session")]
    Differs,
    /// The stored value is not a fingerprint.
    #[error("the session's fingerprint is damaged")]
    Malformed,
}

impl Fingerprint {
    /// Computes the fingerprint of a request. `None` if no properties are chosen, or outside HTTP.
    ///
    /// ```
    /// use session_core::{config::SessionConfig, internal::Fingerprint, visit::Visit};
    ///
    /// let config = SessionConfig::default();
    /// let firefox = Fingerprint::of(&Visit::new().user_agent(b"Firefox"), &config);
    /// assert_ne!(firefox, Fingerprint::of(&Visit::new().user_agent(b"curl"), &config));
    /// assert_eq!(Fingerprint::of(&Visit::outside_http(), &config), None);
    /// ```
    #[must_use]
    pub fn of(visit: &Visit<'_>, config: &SessionConfig) -> Option<Self> {
        Self::keyed(visit, config, config.fingerprint_secret())
    }

    /// The fingerprints of a request under the older secrets.
    pub(crate) fn under_older_secrets(
        visit: &Visit<'_>,
        config: &SessionConfig,
    ) -> impl Iterator<Item = Self> {
        config.older_fingerprint_secrets().filter_map(|key| Self::keyed(visit, config, key))
    }

    fn keyed(visit: &Visit<'_>, config: &SessionConfig, key: &[u8; 32]) -> Option<Self> {
        if visit.is_outside_http() || config.fingerprint.properties.is_empty() {
            return None;
        }
        // Hashed at once, because hashing it in parts costs more than the hash itself.
        let mut input = Vec::with_capacity(USUAL_BYTES);
        for property in &config.fingerprint.properties {
            match property {
                FingerprintProperty::UserAgent => add(&mut input, 1, visit.user_agent),
                FingerprintProperty::AcceptLanguage => add(&mut input, 2, visit.accept_language),
                FingerprintProperty::Dnt => add(&mut input, 3, visit.dnt),
                FingerprintProperty::Network => add_network(&mut input, visit.network),
            }
        }
        let hash = blake3::keyed_hash(key, &input);
        hash.as_bytes().first_chunk().map(|half| Self(*half))
    }

    /// Makes the fingerprint with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes, as the session keeps them.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// Compares the fingerprint of the session with that of the request in constant time.
///
/// A session without a fingerprint matches every request: it was stored before fingerprints were turned on, and gets one
/// with its next write. A request without a fingerprint matches every session.
///
/// # Errors
/// [`FingerprintMismatch`] if both have a fingerprint and they differ.
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

/// Returns the proof if one of these fingerprints is that of the session.
pub(crate) fn check_any(
    stored: Option<&[u8]>,
    mut current: impl Iterator<Item = Fingerprint>,
) -> Option<FingerprintOk> {
    current.find_map(|current| check(stored, Some(&current)).ok())
}

impl FingerprintOk {
    /// Accepts a request whose mismatch has been reported.
    pub(crate) const fn reported(_: FingerprintMismatch) -> Self {
        Self(())
    }
}

impl PartialEq for Fingerprint {
    fn eq(&self, other: &Self) -> bool {
        // Comparing byte by byte takes five times as long.
        let [one, two] = [self, other].map(|Self(bytes)| u128::from_ne_bytes(*bytes));
        let halves = |number: u128| [number as u64, (number >> 64) as u64];
        halves(one).ct_eq(&halves(two)).into()
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprint(redacted)")
    }
}

/// Room for the headers of most browsers.
const USUAL_BYTES: usize = 320;

/// Writes tag, presence and length before the bytes, so that no two requests are the same sequence of bytes.
fn add(input: &mut Vec<u8>, tag: u8, value: Option<&[u8]>) {
    let value_or_empty = value.unwrap_or_default();
    input.extend_from_slice(&[tag, value.is_some().into()]);
    input.extend_from_slice(&(value_or_empty.len() as u64).to_le_bytes());
    input.extend_from_slice(value_or_empty);
}

fn add_network(input: &mut Vec<u8>, address: Option<IpAddr>) {
    match address.map(|address| address.to_canonical()) {
        None => add(input, 4, None),
        Some(IpAddr::V4(address)) => add(input, 4, address.octets().get(..3)),
        Some(IpAddr::V6(address)) => add(input, 5, address.octets().get(..6)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use FingerprintProperty::{AcceptLanguage, Dnt, Network, UserAgent};

    const ALL: [FingerprintProperty; 4] = [UserAgent, AcceptLanguage, Dnt, Network];

    fn config(properties: impl IntoIterator<Item = FingerprintProperty>) -> SessionConfig {
        SessionConfig::with(|settings| settings.fingerprint.properties = properties.into_iter().collect())
            .unwrap()
    }

    fn of_address(address: &str) -> Option<Fingerprint> {
        Fingerprint::of(&Visit::new().network(address.parse().unwrap()), &config([Network]))
    }

    #[test]
    fn without_properties_or_request_there_is_none() {
        let visit = Visit::new().user_agent(b"Firefox");
        assert_eq!(Fingerprint::of(&visit, &config([])), None);
        assert_eq!(Fingerprint::of(&Visit::outside_http(), &config(ALL)), None);
        assert!(Fingerprint::of(&Visit::new(), &config(ALL)).is_some());
    }

    #[test]
    fn only_chosen_properties_count() {
        let one =
            Visit::new().user_agent(b"1").accept_language(b"1").dnt(b"1").network([192, 0, 2, 1].into());
        for property in ALL {
            let other = match property {
                UserAgent => one.clone().user_agent(b"2"),
                AcceptLanguage => one.clone().accept_language(b"2"),
                Dnt => one.clone().dnt(b"2"),
                Network => one.clone().network([198, 51, 100, 1].into()),
            };
            for chosen in ALL {
                let config = config([chosen]);
                let is_same = Fingerprint::of(&one, &config) == Fingerprint::of(&other, &config);
                assert_eq!(is_same, chosen != property, "{chosen:?} when {property:?} changes");
            }
        }
    }

    #[test]
    fn a_value_cannot_pretend_to_be_two() {
        let config = SessionConfig::default();
        let of = |user_agent, language| {
            Fingerprint::of(&Visit::new().user_agent(user_agent).accept_language(language), &config)
        };
        assert_ne!(of(b"ab", b"c"), of(b"a", b"bc"));
        // The tag and the presence of the next value: without the length both are one sequence of bytes.
        assert_ne!(of(b"\x02\x01", b""), of(b"", b"\x02\x01"));
        assert_ne!(of(b"", b""), Fingerprint::of(&Visit::new().user_agent(b""), &config));
    }

    #[test]
    fn the_network_is_taken_coarsely() {
        assert_eq!(of_address("192.0.2.1"), of_address("192.0.2.254"));
        assert_ne!(of_address("192.0.2.1"), of_address("192.0.3.1"));
        assert_eq!(of_address("192.0.2.1"), of_address("::ffff:192.0.2.9"));
        assert_eq!(of_address("2001:db8:1::1"), of_address("2001:db8:1:ffff::2"));
        assert_ne!(of_address("2001:db8:1::1"), of_address("2001:db8:2::1"));
    }

    #[test]
    fn the_secret_keys_it() {
        let visit = Visit::new().user_agent(b"Firefox");
        let with = |secret: &str| {
            let config = SessionConfig::with(|settings| settings.secrets = vec![secret.into()]).unwrap();
            Fingerprint::of(&visit, &config)
        };
        assert_eq!(with("a secret of one application"), with("a secret of one application"));
        assert_ne!(with("a secret of one application"), with("a secret of the other one"));
        assert_ne!(with("a secret of one application"), Fingerprint::of(&visit, &SessionConfig::default()));
    }

    /// Stored sessions have these bytes, so a different result ends all of them.
    #[test]
    fn it_stays_the_same_from_release_to_release() {
        let visit = Visit::new().user_agent(b"Firefox").network([192, 0, 2, 1].into());
        let fingerprint = Fingerprint::of(&visit, &config(ALL)).unwrap();
        let mut input = Vec::new();
        input.extend([1, 1, 7, 0, 0, 0, 0, 0, 0, 0]);
        input.extend(b"Firefox");
        input.extend([2, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        input.extend([3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        input.extend([4, 1, 3, 0, 0, 0, 0, 0, 0, 0, 192, 0, 2]);
        let key = blake3::derive_key("alo-session 2026 request fingerprint", b"");
        assert_eq!(fingerprint.as_bytes()[..], blake3::keyed_hash(&key, &input).as_bytes()[..16]);
    }

    #[test]
    fn the_policy_decides_on_every_kind_of_stored_value() {
        let [one, two] = [Fingerprint::from_bytes([1; 16]), Fingerprint::from_bytes([2; 16])];
        assert_eq!(check(None, None), Ok(FingerprintOk(())));
        assert_eq!(check(None, Some(&one)), Ok(FingerprintOk(())));
        assert_eq!(check(Some(&[1; 16]), None), Ok(FingerprintOk(())));
        assert_eq!(check(Some(&[1; 16]), Some(&one)), Ok(FingerprintOk(())));
        assert_eq!(check(Some(&[1; 16]), Some(&two)), Err(FingerprintMismatch::Differs));
        for length in [0, 1, 15, 17, 32] {
            let stored = vec![1; length];
            assert_eq!(check(Some(&stored), Some(&one)), Err(FingerprintMismatch::Malformed), "{length}");
        }
    }

    #[test]
    fn every_byte_is_compared() {
        let one = Fingerprint::from_bytes([7; 16]);
        for position in 0..16 {
            let mut stored = [7; 16];
            stored[position] ^= 0x80;
            assert_eq!(
                check(Some(&stored), Some(&one)),
                Err(FingerprintMismatch::Differs),
                "byte {position}"
            );
        }
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Fingerprint::from_bytes([7; 16])), "Fingerprint(redacted)");
    }

    // Few and short values, so that some requests are one sequence of bytes when joined.
    fn value() -> impl Strategy<Value = Option<Vec<u8>>> {
        prop::option::of(prop::collection::vec(0..3_u8, 0..3))
    }

    fn visit(values: &[Option<Vec<u8>>; 3]) -> Visit<'_> {
        let [user_agent, accept_language, dnt] = values;
        let mut visit = Visit::new();
        visit.user_agent = user_agent.as_deref();
        visit.accept_language = accept_language.as_deref();
        visit.dnt = dnt.as_deref();
        visit
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]
        #[test]
        fn two_requests_are_the_same_exactly_if_their_properties_are(
            one in [value(), value(), value()],
            two in [value(), value(), value()],
        ) {
            let config = SessionConfig::default();
            let [first, second] = [visit(&one), visit(&two)].map(|visit| Fingerprint::of(&visit, &config));
            prop_assert_eq!(first == second, one == two);
        }
    }
}
