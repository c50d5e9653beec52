//! The rules of single settings and between them, the cookie's and the limits' aside.

use std::time::Duration;

use super::{error::Problems, secret::Secret, settings::Settings};

// Deadlines are milliseconds since 1970 in 64 bits; a century leaves room to add them up.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 86_400);
const SECOND: Duration = Duration::from_secs(1);
const MAX_RETRIES: u32 = 1000;
const MAX_PREFIX_BYTES: usize = 255;

pub(super) fn check_lifetimes(settings: &Settings, problems: &mut Problems) {
    let Settings { idle, absolute, grace, .. } = *settings;
    let touch_after = settings.touch_after();
    check_duration("idle", idle, problems);
    check_duration("absolute", absolute, problems);
    check_duration("grace", grace, problems);
    if let Some(touch_after) = settings.touch_after {
        check_duration("touch_after", touch_after, problems);
    }
    problems.require(idle >= SECOND, "idle", "must be at least 1 second");
    problems.require_between(
        absolute >= idle,
        "absolute",
        &["idle"],
        "must be at least idle: no session can be idle for longer than it lives",
    );
    problems.require_between(
        touch_after < idle,
        "touch_after",
        &["idle"],
        "must be less than idle, or sessions in use end",
    );
    problems.require_between(
        grace <= idle,
        "grace",
        &["idle"],
        "must be at most idle: an old id must not outlive its session",
    );
    if let Some(rotate_after) = settings.rotate_after {
        check_rotation(rotate_after, settings, problems);
    }
}

pub(super) fn check_secret(settings: &Settings, problems: &mut Problems) {
    let long_enough = |secret: &Secret| secret.as_bytes().len() >= Secret::MIN_BYTES;
    problems.require(
        settings.secret.as_ref().is_none_or(long_enough),
        "secret",
        "must have at least 16 bytes, from a generator of random bytes",
    );
}

pub(super) fn check_reserved_keys(settings: &Settings, problems: &mut Problems) {
    let keys = [
        ("fingerprint_key", &settings.fingerprint_key),
        ("token_key", &settings.token_key),
        ("flash_key", &settings.flash_key),
    ];
    for (position, (field, key)) in keys.into_iter().enumerate() {
        problems.require(!key.is_empty(), field, "must not be empty");
        problems.require_between(
            key.len() <= settings.limits.max_key_bytes,
            field,
            &["limits.max_key_bytes"],
            "must be no longer than limits.max_key_bytes",
        );
        problems.require_between(
            !keys.into_iter().take(position).any(|(_, earlier)| earlier == key),
            field,
            &[],
            "must differ from the other reserved keys",
        );
    }
}

pub(super) fn check_stores(settings: &Settings, problems: &mut Problems) {
    problems.require(
        settings.prefix.bytes().all(|byte| matches!(byte, b' '..=b'~') && !b"{}".contains(&byte)),
        "prefix",
        "must be printable ASCII without braces, which mark the hash tag of a Redis Cluster",
    );
    problems.require(settings.prefix.len() <= MAX_PREFIX_BYTES, "prefix", "must have at most 255 bytes");
    problems.require(
        settings.table.split('.').count() <= 2 && settings.table.split('.').all(is_identifier),
        "table",
        "must be a name or database.name, each of at most 64 ASCII letters, digits and _, no digit first",
    );
    problems.require(settings.conflict_retries <= MAX_RETRIES, "conflict_retries", "must be at most 1,000");
}

fn check_rotation(rotate_after: Duration, settings: &Settings, problems: &mut Problems) {
    const FIELD: &str = "rotate_after";
    check_duration(FIELD, rotate_after, problems);
    problems.require(rotate_after >= SECOND, FIELD, "must be at least 1 second");
    problems.require_between(
        rotate_after >= settings.grace,
        FIELD,
        &["grace"],
        "must be at least grace, or two old ids work at once",
    );
    problems.require_between(
        rotate_after < settings.absolute,
        FIELD,
        &["absolute"],
        "must be less than absolute, or no session ever gets that old (leave it out for no rotation by age)",
    );
}

fn check_duration(field: &'static str, duration: Duration, problems: &mut Problems) {
    problems.require(
        duration.subsec_nanos().is_multiple_of(1_000_000),
        field,
        "must be whole milliseconds, the resolution of the stores",
    );
    problems.require(duration <= LONGEST, field, "must be at most 36,500 days");
}

fn is_identifier(name: &str) -> bool {
    name.len() <= 64
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && name.bytes().next().is_some_and(|first| !first.is_ascii_digit())
}
