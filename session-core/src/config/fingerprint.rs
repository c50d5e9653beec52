use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// Which properties of a request are evidence of a stolen cookie, and what a request that contradicts its session meets.
///
/// A fingerprint is a signal and not a proof: a thief can send all of these headers too. What each choice costs:
///
/// | properties | notices | costs |
/// |---|---|---|
/// | `browser`, `platform` (the default) | another kind of browser, another platform, a script | one browser contradicts itself only where the user disguises it: a switch of the user agent, the emulation of another device by developer tools |
/// | and `network` | also the same browser elsewhere | a phone that changes from Wi-Fi to mobile data, a VPN, a provider with changing addresses |
/// | `user_agent` | also another version or model | every update of the browser, a desktop site, a media player, a download manager |
/// | `accept_language`, `dnt` | also another language or setting | a change of the settings; **any page of the same site can set `Accept-Language` in a `fetch`** |
///
/// | `on_mismatch` | the thief | the owner |
/// |---|---|---|
/// | [`Reject`](OnMismatch::Reject) (the default) | gets no session by this request | loses nothing |
/// | [`Destroy`](OnMismatch::Destroy) | loses the session for good | must sign in again, after each false alarm too |
/// | [`Report`](OnMismatch::Report) | goes on | loses nothing; an event tells |
///
/// A session is bound to what its first write shows. What that request did not show is filled in by a later write that
/// contradicts nothing; what is known never changes.
///
/// ```
/// use alo_session::config::{FingerprintSettings, SessionConfig};
///
/// let config: SessionConfig = serde_json::from_str(r#"{ "fingerprint": { "preset": "original" } }"#)?;
/// assert_eq!(config.fingerprint, FingerprintSettings::original());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct FingerprintSettings {
    /// The properties that enter the fingerprint. An empty set turns the fingerprint off. Default browser and platform.
    pub properties: BTreeSet<FingerprintProperty>,
    /// What a mismatch does. Default [`OnMismatch::Reject`].
    pub on_mismatch: OnMismatch,
}

impl FingerprintSettings {
    /// The rule of the PHP original: user agent, Accept-Language and DNT byte for byte, and a mismatch ends the session.
    ///
    /// It signs people out who did nothing wrong, and pages of the same site can make it do so: see above. In a file or a
    /// variable it is the `preset` of the table `fingerprint`: `"original"`.
    #[must_use]
    pub fn original() -> Self {
        use FingerprintProperty::{AcceptLanguage, Dnt, UserAgent};
        Self { properties: [UserAgent, AcceptLanguage, Dnt].into(), on_mismatch: OnMismatch::Destroy }
    }
}

impl Default for FingerprintSettings {
    fn default() -> Self {
        use FingerprintProperty::{Browser, Platform};
        Self { properties: [Browser, Platform].into(), on_mismatch: OnMismatch::default() }
    }
}

/// A property of a request that can enter the fingerprint.
///
/// The first three are evidence: where a request shows nothing, or nothing that is known, it contradicts nothing. The others
/// are compared byte for byte, and a missing header is a value too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FingerprintProperty {
    /// The family of the browser, from the `User-Agent` header: that of Chrome, of Firefox, of Safari, or a program that is
    /// no browser. It stays over updates, a desktop site and a WebView. Media players, download managers, office programs
    /// and what else is unknown but names its platform contradict none.
    Browser,
    /// The platform, from the `User-Agent` header: Windows, one of Apple's, Android and Linux, a console. Those that a device
    /// shows by turns, as for a desktop site, are one.
    Platform,
    /// The client's network: the first 24 bits of an IPv4 address, the first 48 of an IPv6 address, which providers commonly
    /// assign to one place. The two are remembered beside each other, because browsers change between them.
    ///
    /// It needs [`Visit::network`](crate::Visit::network), which a framework's layer gets from a function of the
    /// application, and is only as true as that function: behind a proxy, as the proxy's word.
    Network,
    /// The `User-Agent` header, byte for byte.
    UserAgent,
    /// The `Accept-Language` header, byte for byte.
    AcceptLanguage,
    /// The `DNT` header, byte for byte.
    Dnt,
}

/// What happens to a session when a request contradicts its fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OnMismatch {
    /// The session ends, as in the original: neither thief nor owner keeps it.
    Destroy,
    /// The request gets no session; the stored one lives on for the requests that fit it.
    #[default]
    Reject,
    /// The request gets the session, and an event reports the mismatch.
    Report,
}
