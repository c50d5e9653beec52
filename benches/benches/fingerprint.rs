//! The cost of computing and comparing the fingerprint of a request.

#![allow(clippy::unwrap_used, reason = "a bench that cannot prepare its data has nothing to measure")]

use std::hint::black_box;

use criterion::Criterion;
use session_benches::{Load, Site};
use session_core::{
    SessionConfig,
    config::FingerprintProperty::{AcceptLanguage, Dnt, Network, UserAgent},
    internal::{Fingerprint, check},
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
        ("user agent", &[UserAgent][..]),
        ("user agent, language, DNT (the default)", &[UserAgent, AcceptLanguage, Dnt]),
        ("user agent, language, DNT, network", &[UserAgent, AcceptLanguage, Dnt, Network]),
    ] {
        let config = SessionConfig::with(|settings| {
            settings.fingerprint.properties = properties.iter().copied().collect();
        })
        .unwrap();
        group.bench_function(format!("compute from {name}"), |bencher| {
            bencher.iter(|| Fingerprint::of(black_box(&visit), &config));
        });
    }
    let fingerprint = Fingerprint::from_bytes([7; 16]);
    group.bench_function("compare", |bencher| {
        bencher.iter(|| check(black_box(Some(&[7; 16])), black_box(Some(&fingerprint))));
    });
    group.finish();
}
