/// The first eight bytes of a key, with zeros behind its end. If two differ, the keys are in the same order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Front(u64);

impl Front {
    pub(super) fn of(key: &[u8]) -> Self {
        Self(match key.first_chunk() {
            Some(bytes) => u64::from_be_bytes(*bytes),
            None => key.iter().rev().fold(0, |front, byte| front >> 8 | u64::from(*byte) << 56),
        })
    }

    /// Whether all bytes of the front are ASCII.
    pub(super) const fn is_ascii(self) -> bool {
        self.0 & 0x8080_8080_8080_8080 == 0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn keys_with_different_fronts_are_in_their_order(
            keys in prop::collection::vec(prop::collection::vec(prop::sample::select(vec![0, 1, b'a', 0xff]), 0..12), 2),
        ) {
            let fronts = [Front::of(&keys[0]), Front::of(&keys[1])];
            if fronts[0] != fronts[1] {
                prop_assert_eq!(fronts[0].cmp(&fronts[1]), keys[0].cmp(&keys[1]));
            } else {
                prop_assert_eq!(keys[0].iter().take(8).any(|byte| *byte > 0), fronts[0] != Front::of(b""));
            }
        }
    }
}
