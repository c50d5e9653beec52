use std::{
    hash::{BuildHasher as _, RandomState},
    sync::atomic::{AtomicU64, Ordering},
};

/// The source of every random choice of a case, so that one number replays it.
#[derive(Debug)]
pub(crate) struct Seed {
    pub(crate) root: u64,
    state: AtomicU64,
}

impl Seed {
    const VARIABLE: &str = "SESSION_TEST_SEED";

    /// The seed from the environment, decimal or hexadecimal after `0x`, or else a new one.
    pub(crate) fn of_the_run() -> Result<u64, String> {
        let Ok(text) = std::env::var(Self::VARIABLE) else {
            return Ok(RandomState::new().hash_one(std::process::id()));
        };
        let parsed = match text.strip_prefix("0x") {
            Some(digits) => u64::from_str_radix(digits, 16),
            None => text.parse(),
        };
        parsed.map_err(|_| format!("{} is not a number: {text}", Self::VARIABLE))
    }

    /// The source for one case. Each case draws its own numbers, in whatever order the cases run.
    pub(crate) fn for_case(root: u64, name: &str) -> Self {
        let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self { root, state: AtomicU64::new(name.bytes().fold(root ^ 0xcbf2_9ce4_8422_2325, fold)) }
    }

    /// The variable that repeats the run.
    pub(crate) fn replay(&self) -> String {
        format!("{}=0x{:016x}", Self::VARIABLE, self.root)
    }

    // SplitMix64: small, good enough for choosing keys, and needs no lock.
    pub(crate) fn next(&self) -> u64 {
        let mut z = self
            .state
            .fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed)
            .wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        for chunk in out.chunks_mut(8) {
            let random = self.next().to_le_bytes();
            for (to, from) in chunk.iter_mut().zip(random) {
                *to = from;
            }
        }
        out
    }
}
