use serde::{Deserialize, Serialize, Serializer};

/// Which properties of a request are bound to its session, and what another visitor with the same cookie meets.
///
/// A fingerprint is a signal of a stolen cookie, not a proof: a thief can copy all of these headers, and a browser
/// update changes some of them. No properties, no fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FingerprintConfig {
    #[serde(serialize_with = "as_list")]
    pub(super) properties: Properties,
    pub(super) on_mismatch: OnMismatch,
}

/// A property of a request that can enter the fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// What happens to a session when the request's fingerprint is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnMismatch {
    /// The session ends for everybody, as in the original: neither thief nor owner keeps it.
    #[default]
    Destroy,
    /// The request gets no session; the stored one lives on for who fits it.
    Reject,
    /// The request gets the session, and an event tells of it.
    Report,
}

impl FingerprintConfig {
    /// Whether this property enters the fingerprint.
    #[must_use]
    pub const fn uses(&self, property: FingerprintProperty) -> bool {
        self.properties.0 & property.bit() != 0
    }

    /// The chosen properties, in the order of their declaration; none means that there is no fingerprint.
    pub fn properties(&self) -> impl Iterator<Item = FingerprintProperty> + '_ {
        FingerprintProperty::ALL.into_iter().filter(|property| self.uses(*property))
    }

    /// What a mismatch does.
    #[must_use]
    pub const fn on_mismatch(&self) -> OnMismatch {
        self.on_mismatch
    }
}

impl Default for FingerprintConfig {
    fn default() -> Self {
        use FingerprintProperty::{AcceptLanguage, Dnt, UserAgent};
        Self {
            properties: [UserAgent, AcceptLanguage, Dnt].into_iter().collect(),
            on_mismatch: OnMismatch::default(),
        }
    }
}

impl FingerprintProperty {
    pub(super) const ALL: [Self; 4] = [Self::UserAgent, Self::AcceptLanguage, Self::Dnt, Self::Network];

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of properties, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Properties(u8);

impl FromIterator<FingerprintProperty> for Properties {
    fn from_iter<T: IntoIterator<Item = FingerprintProperty>>(properties: T) -> Self {
        Self(properties.into_iter().fold(0, |bits, property| bits | property.bit()))
    }
}

fn as_list<S: Serializer>(properties: &Properties, serializer: S) -> Result<S::Ok, S::Error> {
    let chosen = FingerprintProperty::ALL.into_iter().filter(|property| properties.0 & property.bit() != 0);
    serializer.collect_seq(chosen)
}
