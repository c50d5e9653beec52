//! Evidence that a request comes from the browser to which its session belongs.

mod agent;
mod browser;
mod check;
mod sealed;
#[cfg(test)]
mod tests;
mod words;

use std::{fmt, net::IpAddr};

use crate::{
    config::{FingerprintProperty, SessionConfig},
    visit::Visit,
};

use agent::Agent;
pub(crate) use check::note;
pub use check::{FingerprintMismatch, FingerprintOk, check};
use sealed::Sealed;

/// What a request shows of its sender: a number for each chosen property, and 0 where the request shows nothing.
///
/// An absent property proves nothing. Two fingerprints contradict each other if both show a property and the values differ.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint {
    parts: [u32; PARTS],
}

/// One part for each property, and two for the network: IPv4 and IPv6.
const PARTS: usize = 7;

impl Fingerprint {
    /// Reads the chosen properties of a request. Returns `None` if the request shows none of them, or outside HTTP.
    ///
    /// ```
    /// use session_core::{config::SessionConfig, internal::Fingerprint, visit::Visit};
    ///
    /// let config = SessionConfig::default();
    /// let of = |agent: &'static [u8]| Fingerprint::of(&Visit::new().user_agent(agent), &config);
    /// assert_eq!(of(b"Firefox/128.0"), of(b"Firefox/140.0"));
    /// assert_ne!(of(b"Firefox/128.0"), of(b"curl/8.5.0"));
    /// assert_eq!(Fingerprint::of(&Visit::outside_http(), &config), None);
    /// ```
    #[must_use]
    pub fn of(visit: &Visit<'_>, config: &SessionConfig) -> Option<Self> {
        if visit.is_outside_http() {
            return None;
        }
        let mut parts = [0; PARTS];
        let [browser, platform, v4, v6, user_agent, accept_language, dnt] = &mut parts;
        let mut agent = None;
        let mut agent = || *agent.get_or_insert_with(|| visit.user_agent.map(Agent::of).unwrap_or_default());
        for property in config.fingerprint_properties() {
            match property {
                FingerprintProperty::Browser => {
                    *browser = agent().browser.map_or(0, |browser| browser as u32);
                }
                FingerprintProperty::Platform => {
                    *platform = agent().platform.map_or(0, |platform| platform as u32);
                }
                FingerprintProperty::Network => match visit.network.map(|address| address.to_canonical()) {
                    Some(IpAddr::V4(address)) => *v4 = address.to_bits() >> 8 | 1 << 24,
                    Some(IpAddr::V6(address)) => *v6 = hash(address.octets().get(..6)),
                    None => {}
                },
                FingerprintProperty::UserAgent => *user_agent = hash(visit.user_agent),
                FingerprintProperty::AcceptLanguage => *accept_language = hash(visit.accept_language),
                FingerprintProperty::Dnt => *dnt = hash(visit.dnt),
            }
        }
        (parts != [0; PARTS]).then_some(Self { parts })
    }

    /// Whether both show a property and the values differ. It looks at each property, whatever it has found.
    fn contradicts(&self, other: &Self) -> bool {
        let pairs = self.parts.iter().zip(&other.parts);
        pairs.fold(false, |found, (one, two)| found | ((one != two) & (*one != 0) & (*two != 0)))
    }

    /// Fills in what this one lacks.
    fn or(self, other: &Self) -> Self {
        let mut parts = self.parts;
        for (part, other) in parts.iter_mut().zip(other.parts) {
            if *part == 0 {
                *part = other;
            }
        }
        Self { parts }
    }
}

/// A header, byte for byte: a missing one is a value too. Never 0.
fn hash(header: Option<&[u8]>) -> u32 {
    let Some(header) = header else { return 1 };
    let hash = blake3::hash(header);
    hash.as_bytes().first_chunk().map_or(2, |bytes| u32::from_le_bytes(*bytes).max(2))
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprint(redacted)")
    }
}
