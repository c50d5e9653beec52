use std::{num::NonZeroU32, time::Duration};

use proptest::prelude::*;

use super::super::{Codec, FingerprintProperty, OnMismatch, SameSite, SessionConfig, SessionConfigBuilder};
use crate::{
    id::Algorithm,
    store::{Cap, OnFull},
};

prop_compose! {
    fn lifetimes()(idle in 1000..1_000_000_u64)(
        touch_after in prop::option::of(0..idle),
        grace in 0..=idle,
        absolute in idle + 1..1_000_000_000,
        idle in Just(idle),
        rotates in any::<bool>(),
    ) -> SessionConfigBuilder {
        let rotate_after = Some(grace.max(1000)).filter(|after| rotates && *after < absolute);
        let builder = SessionConfig::builder()
            .idle(Duration::from_millis(idle))
            .absolute(Duration::from_millis(absolute))
            .grace(Duration::from_millis(grace))
            .rotate_after(rotate_after.map(Duration::from_millis));
        match touch_after {
            Some(touch_after) => builder.touch_after(Duration::from_millis(touch_after)),
            None => builder,
        }
    }
}

prop_compose! {
    fn configs()(
        builder in lifetimes(),
        algorithm in prop::sample::select(vec![Algorithm::Sha512, Algorithm::Sha256, Algorithm::Blake3]),
        codec in prop::sample::select(vec![Codec::MessagePack, Codec::Json, Codec::Bincode]),
        same_site in prop::sample::select(vec![SameSite::Lax, SameSite::Strict, SameSite::None]),
        on_mismatch in prop::sample::select(vec![OnMismatch::Destroy, OnMismatch::Reject, OnMismatch::Report]),
        properties in prop::sample::subsequence(FingerprintProperty::ALL.to_vec(), 0..=4),
        [partitioned, persistent, save_cli] in any::<[bool; 3]>(),
        (name, path, prefix, table) in ("[a-z_-]{1,20}", "/[a-zA-Z0-9%/]{0,20}", "[ -z|~]{0,20}", "([a-z]{1,9}[.])?[A-Z_][a-z0-9]{0,9}"),
        domain in prop::option::of("[a-z0-9]{1,9}[.][a-z]{2,9}"),
        numbers in (0..=1000_u32, any::<u32>(), 1024..=16_777_215_usize, 4..=65_536_usize, 4..1024_usize),
        cap in prop::option::of((1..=u32::MAX, any::<bool>())),
    ) -> SessionConfig {
        let (conflict_retries, gc, max_bytes, max_keys, max_key_bytes) = numbers;
        let mut builder = builder
            .algorithm(algorithm).codec(codec).max_bytes(max_bytes).max_keys(max_keys).max_key_bytes(max_key_bytes)
            .cookie_name(name).cookie_path(path).same_site(same_site).partitioned(partitioned).persistent(persistent)
            .fingerprint(properties).on_mismatch(on_mismatch).prefix(prefix).table(table).gc(gc).save_cli(save_cli)
            .conflict_retries(conflict_retries);
        builder.settings.cookie.domain = domain;
        builder.settings.cap = cap.and_then(|(max, refuse)| Some(Cap {
            max: NonZeroU32::new(max)?,
            on_full: if refuse { OnFull::Refuse } else { OnFull::EvictOldest },
        }));
        builder.build().unwrap()
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(config in configs()) {
        let json = serde_json::to_string(&config).unwrap();
        prop_assert_eq!(&serde_json::from_str::<SessionConfig>(&json).unwrap(), &config, "{}", json);
        let message_pack = rmp_serde::to_vec_named(&config).unwrap();
        prop_assert_eq!(&rmp_serde::from_slice::<SessionConfig>(&message_pack).unwrap(), &config);
    }

    #[test]
    fn the_session_slides(config in configs()) {
        prop_assert!(config.touch_after() < config.idle() && config.idle() <= config.absolute());
    }
}
