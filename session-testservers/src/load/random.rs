use std::{
    hash::{BuildHasher as _, RandomState},
    sync::atomic::{AtomicU64, Ordering},
};

/// The source of random choices for one part of a load.
#[derive(Debug)]
pub(super) struct Random(AtomicU64);

impl Random {
    /// The seed from `SESSION_TEST_SEED`, decimal or hexadecimal after `0x`, or else a new one.
    pub(super) fn seed() -> u64 {
        let text = std::env::var("SESSION_TEST_SEED").unwrap_or_default();
        let parsed = match text.strip_prefix("0x") {
            Some(digits) => u64::from_str_radix(digits, 16),
            None => text.parse(),
        };
        parsed.unwrap_or_else(|_| RandomState::new().hash_one(std::process::id()))
    }

    /// The source for this part. Each part draws its own numbers, in whatever order the parts run.
    pub(super) fn of(seed: u64, part: &str) -> Self {
        let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self(AtomicU64::new(part.bytes().fold(seed ^ 0xcbf2_9ce4_8422_2325, fold)))
    }

    // SplitMix64: small, good enough here, and needs no lock.
    pub(super) fn next(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut z = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
