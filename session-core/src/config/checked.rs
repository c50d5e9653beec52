use std::{fmt, ops::Deref, sync::Arc, time::Duration};

use serde::{Serialize, Serializer};

use super::{
    ConfigError, CookieSettings, FingerprintProperty, FingerprintSettings, OnMismatch, OnReuse, Settings,
    keys::Keys,
};
use crate::{id::Family, store::Cap};

/// [`Settings`] that were checked: immutable, and a clone is one pointer.
///
/// [`default`](Self::default) has the values of the original made safe; a session ends five minutes after its last request.
/// [`website`](Self::website) suits an ordinary site, [`hardened`](Self::hardened) an application with something to lose.
/// Written out it lacks the secrets, which belong in no file that is shown to others.
///
/// ```
/// use std::time::Duration;
/// use alo_session::SessionConfig;
///
/// let config = SessionConfig::with(|settings| settings.idle = Duration::from_secs(600))?;
/// assert_eq!(config.idle, Duration::from_secs(600));
///
/// let config: SessionConfig = serde_json::from_str(r#"{ "idle": "30m", "cookie": { "name": "__Host-shop" } }"#)?;
/// let config = config.change(|settings| settings.secrets = vec!["from the environment".into()])?;
/// assert_eq!(config.idle, Duration::from_secs(1800));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SessionConfig {
    checked: Arc<Checked>,
}

#[derive(PartialEq, Eq)]
struct Checked {
    settings: Settings,
    touch_after: Duration,
    /// The properties of the fingerprint, in a list that is gone through with every request.
    properties: Box<[FingerprintProperty]>,
    /// The keys of the first secret, which writes.
    keys: Keys,
    /// The keys of the other secrets.
    older: Vec<Keys>,
}

impl SessionConfig {
    /// The defaults with some changes.
    ///
    /// # Errors
    /// As for [`Settings::check`].
    pub fn with(change: impl FnOnce(&mut Settings)) -> Result<Self, ConfigError> {
        Self::default().change(change)
    }

    /// A copy of this configuration, the secrets included, with some changes.
    ///
    /// # Errors
    /// As for [`Settings::check`].
    pub fn change(&self, change: impl FnOnce(&mut Settings)) -> Result<Self, ConfigError> {
        let mut settings = self.checked.settings.clone();
        change(&mut settings);
        settings.check()
    }

    /// For an ordinary site: a session ends half an hour after its last request, and a day after the sign-in in any case.
    /// Everything else is as in the default.
    #[must_use]
    pub fn website() -> Self {
        Self::from_checked(Settings {
            idle: Duration::from_secs(30 * 60),
            absolute: Duration::from_secs(24 * 3600),
            ..Settings::default()
        })
    }

    /// For applications with something to lose: at most 8 hours in all, an id that is replaced every 15 minutes and
    /// whose use afterwards ends all sessions of its owner, a `__Host-` cookie that ends with the browser, and the end of a
    /// session that another kind of browser uses.
    ///
    /// No setting is weaker than its default. `SameSite` stays `Lax`. With `Strict` a user who follows a link from another site arrives without the cookie,
    /// and the cookie of the new session replaces the one of the session that the user is signed in with.
    #[must_use]
    pub fn hardened() -> Self {
        Self::from_checked(Settings {
            absolute: Duration::from_secs(8 * 3600),
            rotate_after: Some(Duration::from_secs(15 * 60)),
            on_reuse: OnReuse::EndFamily,
            fingerprint: FingerprintSettings {
                on_mismatch: OnMismatch::Destroy,
                ..FingerprintSettings::default()
            },
            cookie: CookieSettings { name: "__Host-session".to_owned(), ..CookieSettings::default() },
            ..Settings::default()
        })
    }

    /// [`Settings::touch_after`], or a tenth of the idle lifetime.
    #[must_use]
    pub fn touch_after(&self) -> Duration {
        self.checked.touch_after
    }

    /// [`Settings::max_sessions`] and [`Settings::on_full`], as a store wants them.
    #[must_use]
    pub fn cap(&self) -> Option<Cap> {
        self.max_sessions.map(|max| Cap { max, on_full: self.on_full })
    }

    /// Whether the library keeps something of its own under this key.
    #[must_use]
    pub fn is_reserved(&self, key: &str) -> bool {
        [&self.fingerprint_key, &self.token_key, &self.flash_key].into_iter().any(|reserved| reserved == key)
    }

    /// The family of the owner's new sessions.
    #[must_use]
    pub fn family_of(&self, owner: &str) -> Family {
        self.checked.keys.family_of(owner)
    }

    /// The families of all sessions of the owner, one for each secret. Those of older secrets come first: a session moves
    /// from an older one to the first one, so a caller that ends them in this order meets it.
    pub fn families_of(&self, owner: &str) -> impl Iterator<Item = Family> {
        let Checked { keys, older, .. } = &*self.checked;
        older.iter().rev().chain([keys]).map(move |keys| keys.family_of(owner))
    }

    /// Whether the family is that of the owner, under one of the secrets; without an owner, whether it is anonymous.
    pub(crate) fn is_family_of(&self, owner: Option<&str>, family: Family) -> bool {
        match owner {
            Some(owner) => {
                self.family_of(owner) == family || self.families_of(owner).any(|other| other == family)
            }
            None => !family.is_owned(),
        }
    }

    /// The properties that enter the fingerprint.
    pub(crate) fn fingerprint_properties(&self) -> &[FingerprintProperty] {
        &self.checked.properties
    }

    /// The key that seals fingerprints. `None` without a secret: they are not sealed then.
    pub(crate) fn fingerprint_secret(&self) -> Option<&[u8; 32]> {
        self.checked.keys.fingerprint.as_deref()
    }

    /// The keys that open fingerprints, the one that seals them first.
    pub(crate) fn fingerprint_secrets(&self) -> impl Iterator<Item = Option<&[u8; 32]>> {
        let Checked { keys, older, .. } = &*self.checked;
        [keys].into_iter().chain(older).map(|keys| keys.fingerprint.as_deref())
    }

    /// Whether fingerprints may be sealed with another key than the first.
    pub(crate) fn has_older_secrets(&self) -> bool {
        !self.checked.older.is_empty()
    }

    /// The keys of visitors' form tokens. The first one writes, all are tried.
    pub(crate) fn visitor_keys(&self) -> impl Iterator<Item = &[u8; 32]> {
        let Checked { keys, older, .. } = &*self.checked;
        [keys].into_iter().chain(older).map(|keys| &*keys.visitor)
    }

    pub(crate) fn visitor_key(&self) -> &[u8; 32] {
        &self.checked.keys.visitor
    }

    pub(super) fn from_checked(settings: Settings) -> Self {
        let tenth = settings.idle.as_millis() / 10;
        let tenth = Duration::from_millis(tenth.try_into().unwrap_or(u64::MAX));
        let touch_after = settings.touch_after.unwrap_or(tenth);
        let mut secrets = settings.secrets.iter().map(|secret| &**secret);
        let keys = Keys::of(secrets.next().unwrap_or_default());
        let older = secrets.map(Keys::of).collect();
        let properties = settings.fingerprint.properties.iter().copied().collect();
        Self { checked: Arc::new(Checked { settings, touch_after, properties, keys, older }) }
    }
}

impl Deref for SessionConfig {
    type Target = Settings;

    fn deref(&self) -> &Settings {
        &self.checked.settings
    }
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self::from_checked(Settings::default())
    }
}

impl Serialize for SessionConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.checked.settings.serialize(serializer)
    }
}

impl fmt::Debug for SessionConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SessionConfig").field(&self.checked.settings).finish()
    }
}
