//! The cost of one request in the core: everything between the headers and the store, and back to the Set-Cookie.

#![allow(missing_docs, reason = "a program")]

use std::hint::black_box;

use criterion::Criterion;
use session_benches::{Load, Site};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    requests(&mut criterion);
    criterion.final_summary();
}

fn requests(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("core");
    for load in Load::ALL {
        let site = Site::new(load);
        group.bench_function(format!("open, read two keys, finish ({})", load.name()), |bencher| {
            bencher.iter(|| black_box(&site).read_two_keys());
        });
        group.bench_function(
            format!("open, read two keys, change one, finish ({})", load.name()),
            |bencher| {
                bencher.iter(|| black_box(&site).change_a_key());
            },
        );
    }
    let site = Site::new(Load::Small);
    group.bench_function("open without a cookie, finish", |bencher| {
        bencher.iter(|| black_box(&site).come_without_a_cookie());
    });
    group.bench_function("untouched: the headers are there, nobody opens the session", |bencher| {
        bencher.iter(|| black_box(black_box(&site).visit()).is_outside_http());
    });
    group.finish();
}
