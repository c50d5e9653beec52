//! The rules of single settings and between them; those of the cookie stand in a file of their own.

use std::time::Duration;

use super::{Limits, Secret, Settings, cookie_rules, error::Problems, id_header};
use crate::store::{check_prefix, check_table};

// Deadlines are milliseconds since 1970 in 64 bits; a century leaves room to add them up.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 86_400);
// 128 bits, the least that OWASP ASVS 11.5.1 calls unguessable.
const FEWEST_SECRET_BYTES: usize = 16;

pub(super) fn check(settings: &Settings, problems: &mut Problems) {
    check_limits(&settings.limits, problems);
    check_lifetimes(settings, problems);
    check_secrets(&settings.secrets, problems);
    check_reserved_keys(settings, problems);
    if let Err(problem) = check_prefix(&settings.prefix) {
        problems.add("prefix", problem);
    }
    if let Err(problem) = check_table(&settings.table) {
        problems.add("table", problem);
    }
    if settings.sweep_one_in > 10_000 {
        problems.add("sweep_one_in", "must be at most 10,000, or one request removes very many records");
    }
    if settings.conflict_retries > 1000 {
        problems.add("conflict_retries", "must be at most 1,000");
    }
    cookie_rules::check(&settings.cookie, problems);
    if let Some(name) = &settings.id_header {
        id_header::check(name, problems);
    }
}

fn check_secrets(secrets: &[Secret], problems: &mut Problems) {
    if secrets.iter().any(|secret| secret.len() < FEWEST_SECRET_BYTES) {
        problems.add("secrets", "must have at least 16 bytes each, from a generator of random bytes");
    }
    if secrets.iter().enumerate().any(|(at, secret)| secrets.iter().take(at).any(|other| other == secret)) {
        problems.add("secrets", "must differ from each other");
    }
}

fn check_limits(limits: &Limits, problems: &mut Problems) {
    // At most what a MEDIUMBLOB holds, the column of the MySQL store.
    if !(1024..=16_777_215).contains(&limits.max_bytes) {
        problems.add("limits.max_bytes", "must be from 1,024 to 16,777,215, what every store can hold");
    }
    if !(4..=65_536).contains(&limits.max_keys) {
        problems.add("limits.max_keys", "must be from 4 (three keys are reserved) to 65,536");
    }
    if limits.max_key_bytes < 1 || limits.max_key_bytes >= limits.max_bytes {
        problems.add("limits.max_key_bytes", "must be at least 1 and less than limits.max_bytes");
    }
}

fn check_lifetimes(settings: &Settings, problems: &mut Problems) {
    let Settings { idle, absolute, grace, touch_after, rotate_after, .. } = *settings;
    check_duration("idle", idle, problems);
    check_duration("absolute", absolute, problems);
    check_duration("grace", grace, problems);
    if idle < Duration::from_secs(1) {
        problems.add("idle", "must be at least 1 second");
    }
    if let Some(anonymous) = settings.anonymous_idle {
        check_duration("anonymous_idle", anonymous, problems);
        if anonymous < Duration::from_secs(1) {
            problems.add("anonymous_idle", "must be at least 1 second");
        }
        if anonymous < grace {
            problems.add_between(
                "anonymous_idle",
                "grace",
                "must be at least grace, or an old id outlives its session",
            );
        }
        if anonymous > absolute {
            problems.add_between(
                "anonymous_idle",
                "absolute",
                "must be at most absolute: no session is idle after its end",
            );
        }
    }
    if absolute < idle {
        problems.add_between("absolute", "idle", "must be at least idle: no session is idle after its end");
    }
    if grace > idle {
        problems.add_between("grace", "idle", "must be at most idle, or an old id outlives its session");
    }
    if let Some(touch_after) = touch_after {
        check_duration("touch_after", touch_after, problems);
        if touch_after >= idle {
            problems.add_between("touch_after", "idle", "must be less than idle, or sessions in use end");
        }
    }
    let Some(rotate_after) = rotate_after else { return };
    check_duration("rotate_after", rotate_after, problems);
    if rotate_after < Duration::from_secs(1) {
        problems.add("rotate_after", "must be at least 1 second");
    }
    if rotate_after < grace {
        problems.add_between("rotate_after", "grace", "must be at least grace, or two old ids work at once");
    }
    if rotate_after >= absolute {
        let problem = "must be less than absolute, or no session ever gets that old (leave it out for never)";
        problems.add_between("rotate_after", "absolute", problem);
    }
}

fn check_duration(field: &'static str, duration: Duration, problems: &mut Problems) {
    if !duration.subsec_nanos().is_multiple_of(1_000_000) {
        problems.add(field, "must be whole milliseconds, the resolution of the stores");
    }
    if duration > LONGEST {
        problems.add(field, "must be at most 36,500 days");
    }
}

fn check_reserved_keys(settings: &Settings, problems: &mut Problems) {
    let keys = [
        ("fingerprint_key", &settings.fingerprint_key),
        ("token_key", &settings.token_key),
        ("flash_key", &settings.flash_key),
    ];
    for (position, (field, key)) in keys.into_iter().enumerate() {
        if key.is_empty() {
            problems.add(field, "must not be empty");
        }
        if key.len() > settings.limits.max_key_bytes {
            problems.add_between(field, "limits.max_key_bytes", "must be at most limits.max_key_bytes long");
        }
        if keys.into_iter().take(position).any(|(_, earlier)| earlier == key) {
            problems.add_between(field, field, "must differ from the other reserved keys");
        }
    }
}
