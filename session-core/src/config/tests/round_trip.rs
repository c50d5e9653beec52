use std::{num::NonZeroU32, time::Duration};

use proptest::prelude::*;

use super::super::{
    Codec, CookieSettings,
    FingerprintProperty::{AcceptLanguage, Browser, Dnt, Network, Platform, UserAgent},
    FingerprintSettings, Limits, OnMismatch, SameSite, SessionConfig, Settings,
};
use super::variables;
use crate::{id::Algorithm, store::OnFull};

prop_compose! {
    fn lifetimes()(idle in 1000..1_000_000_u64)(
        touch_after in prop::option::of(0..idle),
        grace in 0..=idle,
        absolute in idle + 1..1_000_000_000,
        idle in Just(idle),
        anonymous_idle in prop::option::of(1000..=idle),
        rotates in any::<bool>(),
    ) -> Settings {
        let rotate_after = Some(grace.max(1000)).filter(|after| rotates && *after < absolute);
        Settings {
            idle: Duration::from_millis(idle),
            anonymous_idle: anonymous_idle.filter(|idle| *idle >= grace).map(Duration::from_millis),
            absolute: Duration::from_millis(absolute),
            grace: Duration::from_millis(grace),
            rotate_after: rotate_after.map(Duration::from_millis),
            touch_after: touch_after.map(Duration::from_millis),
            ..Settings::default()
        }
    }
}

prop_compose! {
    fn configs()(
        settings in lifetimes(),
        algorithm in prop::sample::select(vec![Algorithm::Random, Algorithm::Sha512, Algorithm::Sha256, Algorithm::Blake3]),
        codec in prop::sample::select(vec![Codec::MessagePack, Codec::Json, Codec::Bincode]),
        same_site in prop::sample::select(vec![SameSite::Lax, SameSite::Strict, SameSite::None]),
        on_mismatch in prop::sample::select(vec![OnMismatch::Destroy, OnMismatch::Reject, OnMismatch::Report]),
        properties in prop::sample::subsequence(vec![Browser, Platform, Network, UserAgent, AcceptLanguage, Dnt], 0..=6),
        [partitioned, persistent, save_outside_http] in any::<[bool; 3]>(),
        (name, path, prefix, table) in ("[a-z_-]{1,20}", "/[a-zA-Z0-9%/]{0,20}", "[!-z|~]{0,20}", "([a-z]{1,9}[.])?[A-Z_0-9][a-z0-9]{0,9}"),
        domain in prop::option::of("[a-z0-9]{1,9}[.][a-z]{2,9}"),
        numbers in (0..=1000_u32, 0..=10_000_u32, 1024..=16_777_215_usize, 4..=65_536_usize, 4..1024_usize),
        cap in prop::option::of((1..=u32::MAX, any::<bool>())),
    ) -> SessionConfig {
        let (conflict_retries, sweep_one_in, max_bytes, max_keys, max_key_bytes) = numbers;
        let mut settings = Settings { algorithm, codec, prefix, table, sweep_one_in, save_outside_http, conflict_retries, ..settings };
        settings.limits = Limits { max_bytes, max_keys, max_key_bytes };
        settings.cookie = CookieSettings { name, path, domain, same_site, partitioned, persistent, secure: true };
        settings.fingerprint = FingerprintSettings { properties: properties.into_iter().collect(), on_mismatch };
        settings.max_sessions = cap.and_then(|(max, _)| NonZeroU32::new(max));
        settings.on_full = if cap.is_some_and(|(_, refuse)| refuse) { OnFull::Refuse } else { OnFull::EvictOldest };
        settings.check().unwrap()
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(config in configs()) {
        let json = serde_json::to_string(&config).unwrap();
        prop_assert_eq!(&serde_json::from_str::<SessionConfig>(&json).unwrap(), &config, "{}", json);
        let message_pack = rmp_serde::to_vec_named(&config).unwrap();
        prop_assert_eq!(&rmp_serde::from_slice::<SessionConfig>(&message_pack).unwrap(), &config);
        let variables = variables(&config);
        prop_assert_eq!(&SessionConfig::from_vars("", variables.clone()).unwrap(), &config, "{:?}", variables);
        let settings = serde_json::from_str::<Settings>(&json).unwrap();
        prop_assert_eq!(&settings, &*config);
    }

    #[test]
    fn the_session_slides(config in configs()) {
        prop_assert!(config.touch_after() < config.idle && config.idle <= config.absolute);
    }
}
