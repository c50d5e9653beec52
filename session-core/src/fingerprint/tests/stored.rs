//! What a session keeps, and what becomes of it.

use FingerprintProperty::{AcceptLanguage, Browser, Network, Platform};

use super::*;

const FIREFOX: &[u8] = b"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

fn firefox() -> Visit<'static> {
    Visit::new().user_agent(FIREFOX)
}

fn opens(stored: &[u8], visit: &Visit<'_>, config: &SessionConfig) -> bool {
    check(Some(stored), Fingerprint::of(visit, config).as_ref(), config).is_ok()
}

/// Stored sessions have these bytes, so a different result rejects all of them.
#[test]
fn it_stays_the_same_from_release_to_release() {
    let open = config([Browser, Platform, Network, AcceptLanguage]);
    let secret = "a secret of one application";
    let config = open.change(|settings| settings.secrets = vec![secret.into()]).unwrap();
    let note = |config| note(None, &firefox().network([192, 0, 2, 1].into()), config).unwrap();
    let key = blake3::derive_key("alo-session 2026 request fingerprint", secret.as_bytes());
    let pad = blake3::keyed_hash(&key, b"salt");
    let word = |at: usize| u32::from_le_bytes(pad.as_bytes()[4 * at..][..4].try_into().unwrap());
    let mut expected = b"salt".to_vec();
    // Gecko, Unix, 192.0.2; no IPv6, no user agent byte for byte; no Accept-Language.
    for word in [word(0), word(1) ^ 3, word(2) ^ 3, word(3) ^ 0x01C0_0002, 0, 0, word(6) ^ 1] {
        expected.extend(word.to_le_bytes());
    }
    assert_eq!(note(&config), expected);
    let parts = [0, 3, 3, 0x01C0_0002, 0, 0, 1_u32].map(u32::to_le_bytes);
    assert_eq!(
        note(&open),
        [&b"salt"[..], parts.as_flattened()].concat(),
        "without a secret there is no key"
    );
}

#[test]
fn it_takes_sixteen_bytes_by_default() {
    assert_eq!(note(None, &firefox(), &SessionConfig::default()).unwrap().len(), 16);
}

#[test]
fn a_stolen_store_shows_neither_browsers_nor_which_are_the_same() {
    let config =
        SessionConfig::with(|settings| settings.secrets = vec!["a secret of one application".into()]);
    let (config, other) = (config.unwrap(), SessionConfig::default());
    let fingerprint = Fingerprint::of(&firefox(), &config).unwrap();
    let stored = |config, salt| super::super::note(None, Some(&fingerprint), config, salt).unwrap();
    for at in 1..4 {
        let [one, two, three] =
            [stored(&config, *b"1111"), stored(&config, *b"2222"), stored(&other, *b"1111")];
        assert_ne!(one[4 * at..][..4], two[4 * at..][..4], "another salt");
        assert_ne!(one[4 * at..][..4], three[4 * at..][..4], "another secret");
    }
    assert!(opens(&stored(&config, *b"1111"), &firefox(), &config));
    assert!(
        !opens(&stored(&config, *b"1111"), &firefox(), &other),
        "what no key opens is no evidence for anybody"
    );
}

#[test]
fn what_an_older_secret_sealed_is_read_and_the_next_write_seals_it_with_the_first() {
    let secrets = |names: &[&str]| {
        let secrets =
            names.iter().map(|name| format!("{name} secret of one application").as_str().into()).collect();
        SessionConfig::with(|settings| settings.secrets = secrets).unwrap()
    };
    let (old, both, new) = (secrets(&["old"]), secrets(&["new", "older", "old"]), secrets(&["new"]));
    let stored = note(None, &firefox(), &old).unwrap();
    assert!(opens(&stored, &firefox(), &both) && !opens(&stored, &firefox(), &new));
    assert!(!opens(&stored, &Visit::new().user_agent(b"curl/8"), &both));
    assert_eq!(note(Some(&stored), &Visit::new().user_agent(b"curl/8"), &both), None);
    let moved = note(Some(&stored), &firefox(), &both).unwrap();
    assert!(opens(&moved, &firefox(), &new) && !opens(&moved, &firefox(), &old));
    assert_eq!(note(Some(&moved), &firefox(), &both), None);
    assert_eq!(
        note(Some(&stored), &firefox(), &new),
        None,
        "what no secret opens is no ground to bind it anew"
    );
}

#[test]
fn each_part_alone_is_noticed_and_what_is_absent_is_not() {
    let known = Fingerprint { parts: [7; 7] };
    for at in 0..7 {
        for (value, contradicts) in [(7, false), (0, false), (6, true), (7 | 1 << 31, true)] {
            let mut other = known;
            other.parts[at] = value;
            assert_eq!(known.contradicts(&other), contradicts, "{at} {value}");
            assert_eq!(other.contradicts(&known), contradicts, "{at} {value}");
        }
    }
}

#[test]
fn what_was_absent_is_filled_in_and_what_is_known_stays() {
    let config = config([Browser, Platform, Network]);
    let player = Visit::new().user_agent(b"stagefright/1.2 (Linux;Android 13)");
    let stored = note(None, &player, &config).unwrap();
    let eve = Visit::new().user_agent(b"Mozilla/5.0 (Windows) Chrome/1").network([198, 51, 100, 1].into());
    assert_eq!(note(Some(&stored), &eve, &config), None, "a request that differs fills in nothing");
    assert_eq!(note(Some(&stored), &player, &config), None, "nothing is new");
    let more = note(Some(&stored), &firefox(), &config).unwrap();
    assert!(opens(&more, &player, &config) && opens(&more, &firefox(), &config));
    assert!(!opens(&more, &Visit::new().user_agent(b"Mozilla/5.0 (X11; Linux) Chrome/1"), &config));
    assert_eq!(note(Some(&more), &player, &config), None, "what a request does not show is not forgotten");
    let all = note(Some(&more), &Visit::new().network([192, 0, 2, 1].into()), &config).unwrap();
    assert!(opens(&all, &firefox().network([192, 0, 2, 9].into()), &config));
    assert!(!opens(&all, &firefox().network([198, 51, 100, 1].into()), &config));
    assert!(!opens(&all, &eve, &config));
}

#[test]
fn bytes_that_are_no_fingerprint_lock_nobody_out_and_are_replaced() {
    let config = SessionConfig::default();
    for length in [0, 1, 4, 8, 11, 13, 15, 17, 40, 100] {
        let stored = vec![1; length];
        assert!(opens(&stored, &firefox(), &config), "{length}");
        let replaced = note(Some(&stored), &firefox(), &config).unwrap();
        assert!(opens(&replaced, &firefox(), &config));
        assert!(!opens(&replaced, &Visit::new().user_agent(b"curl/8"), &config));
    }
}

#[test]
fn a_session_or_a_request_without_a_fingerprint_matches() {
    let config = SessionConfig::default();
    let fingerprint = Fingerprint::of(&firefox(), &config);
    let stored = note(None, &firefox(), &config);
    assert!(check(None, None, &config).is_ok());
    assert!(check(None, fingerprint.as_ref(), &config).is_ok());
    assert!(check(stored.as_deref(), None, &config).is_ok());
    assert_eq!(note(stored.as_deref(), &Visit::new(), &config), None);
}

#[test]
fn debug_shows_nothing() {
    assert_eq!(format!("{:?}", Fingerprint { parts: [7; 7] }), "Fingerprint(redacted)");
}
