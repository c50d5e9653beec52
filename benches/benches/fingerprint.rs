//! The cost of computing and comparing the fingerprint of a request.

#![allow(clippy::unwrap_used, reason = "a bench that cannot prepare its data has nothing to measure")]

use std::hint::black_box;

use criterion::Criterion;
use session_benches::{Load, Site};
use session_core::{
    SessionConfig,
    config::FingerprintProperty::{AcceptLanguage, Browser, Dnt, Network, Platform, UserAgent},
    internal::{Fingerprint, check, note},
};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    fingerprints(&mut criterion);
    criterion.final_summary();
}

fn fingerprints(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("fingerprint");
    let site = Site::new(Load::Small);
    let visit = site.visit().network([192, 0, 2, 1].into());
    for (name, properties) in [
        ("browser, platform (the default)", &[Browser, Platform][..]),
        ("browser, platform, network", &[Browser, Platform, Network]),
        ("user agent, language, DNT (the original)", &[UserAgent, AcceptLanguage, Dnt]),
    ] {
        let config = SessionConfig::with(|settings| {
            settings.fingerprint.properties = properties.iter().copied().collect();
        })
        .unwrap();
        group.bench_function(format!("compute from {name}"), |bencher| {
            bencher.iter(|| Fingerprint::of(black_box(&visit), &config));
        });
    }
    let config = SessionConfig::default();
    let fingerprint = Fingerprint::of(&visit, &config);
    let stored = fingerprint.as_ref().map(|fingerprint| note(fingerprint, &config, [7; 4]));
    group.bench_function("compare", |bencher| {
        bencher.iter(|| check(black_box(stored.as_deref()), black_box(fingerprint.as_ref()), &config));
    });
    group.finish();
}
