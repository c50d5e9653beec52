use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// Which properties of a request are bound to its session, and what a request with other ones meets.
///
/// A fingerprint is a signal of a stolen cookie, not a proof: a thief can copy all of these headers, and a browser
/// update changes some of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct FingerprintSettings {
    /// The properties that enter the fingerprint. An empty set turns the fingerprint off. Default user agent,
    /// Accept-Language and DNT.
    pub properties: BTreeSet<FingerprintProperty>,
    /// What a mismatch does. Default [`OnMismatch::Destroy`].
    pub on_mismatch: OnMismatch,
}

impl Default for FingerprintSettings {
    fn default() -> Self {
        use FingerprintProperty::{AcceptLanguage, Dnt, UserAgent};
        Self { properties: [UserAgent, AcceptLanguage, Dnt].into(), on_mismatch: OnMismatch::default() }
    }
}

/// A property of a request that can enter the fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FingerprintProperty {
    /// The `User-Agent` header, byte for byte.
    UserAgent,
    /// The `Accept-Language` header, byte for byte.
    AcceptLanguage,
    /// The `DNT` header, byte for byte.
    Dnt,
    /// The client's network: the first 24 bits of an IPv4 address, the first 48 of an IPv6 address. Off by default:
    /// a phone changes it on every train ride, and behind a proxy it is only as true as the proxy's word.
    Network,
}

/// What happens to a session when the request has another fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OnMismatch {
    /// The session ends, as in the original: neither thief nor owner keeps it.
    #[default]
    Destroy,
    /// The request gets no session; the stored one lives on for the requests that fit it.
    Reject,
    /// The request gets the session, and an event reports the mismatch.
    Report,
}
