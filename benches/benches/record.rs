//! The cost of reading and writing the stored form of a session, without decoding a value.

#![allow(clippy::unwrap_used, reason = "a bench that cannot prepare its data has nothing to measure")]

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use session_benches::{Load, Site};
use session_core::{Timestamp, id::Digest, internal::Record};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    sessions(&mut criterion);
    tombstones(&mut criterion);
    criterion.final_summary();
}

fn sessions(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("record");
    for load in Load::ALL {
        let site = Site::new(load);
        let data = &site.stored().data;
        let record = Record::decode(data).unwrap();
        group.throughput(Throughput::Bytes(data.len() as u64));
        group.bench_function(format!("decode ({})", load.name()), |bencher| {
            bencher.iter(|| Record::decode(black_box(data)));
        });
        group.bench_function(format!("encode ({})", load.name()), |bencher| {
            bencher.iter(|| black_box(&record).encode());
        });
    }
    group.finish();
}

fn tombstones(criterion: &mut Criterion) {
    let grace_until = Timestamp::from_millis(1_700_000_000_000);
    let data = Record::Moved { to: Digest::from_bytes([7; 32]), grace_until }.encode().into();
    criterion.bench_function("record/decode (tombstone)", |bencher| {
        bencher.iter(|| Record::decode(black_box(&data)));
    });
}
