//! The cost of ids: generating, reading from a cookie, hashing for the store.

#![allow(clippy::unwrap_used, reason = "a bench that cannot prepare its data has nothing to measure")]

use std::hint::black_box;

use criterion::Criterion;
use session_core::id::{Algorithm, CookieId, Family, Generator, SessionId};

const ALGORITHMS: [(Algorithm, &str); 3] =
    [(Algorithm::Sha512, "sha512"), (Algorithm::Sha256, "sha256"), (Algorithm::Blake3, "blake3")];

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    ids(&mut criterion);
    families(&mut criterion);
    criterion.final_summary();
}

fn ids(criterion: &mut Criterion) {
    for (algorithm, name) in ALGORITHMS {
        let mut group = criterion.benchmark_group(format!("ids/{name}"));
        let id = SessionId::generate(algorithm, &Generator).unwrap();
        let text = id.expose();
        let rotated =
            CookieId::generate(algorithm, Some(Family::from_bytes([7; 16])), &Generator).unwrap().expose();
        group.bench_function("generate", |bencher| {
            bencher.iter(|| SessionId::generate(black_box(algorithm), &Generator));
        });
        group.bench_function("parse", |bencher| {
            bencher.iter(|| SessionId::parse(black_box(text.as_bytes())));
        });
        group.bench_function("digest", |bencher| bencher.iter(|| black_box(&id).digest()));
        group.bench_function("parse and digest a cookie's value", |bencher| {
            bencher.iter(|| CookieId::parse(black_box(text.as_bytes())));
        });
        group.bench_function("parse and digest a cookie's value with its family", |bencher| {
            bencher.iter(|| CookieId::parse(black_box(rotated.as_bytes())));
        });
        group.finish();
    }
}

fn families(criterion: &mut Criterion) {
    criterion.bench_function("ids/the family of an owner", |bencher| {
        bencher.iter(|| Family::of_owner(black_box("user-42"), Some(b"the application's secret")));
    });
}
