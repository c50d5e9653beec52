//! Compares the reader and the writer of the body with bincode, which defines the format.

use bincode::{BorrowDecode, Encode, config::standard};
use bytes::Bytes;
use proptest::prelude::*;

use super::super::{Lineage, Record, RecordError, TokenDigests, body, envelope::HEADER, error::damaged};
use crate::{config::Codec, observe::EndedBy};

#[derive(Debug, Encode, BorrowDecode)]
enum Envelope<'a> {
    Live(Box<Parts<'a>>),
    Moved { to: [u8; 32], grace_until: u64 },
    Superseded { family: [u8; 16], digest: [u8; 32], at: u64, tokens: &'a [u8] },
    Ended { by: u8, at: u64 },
}

#[derive(Debug, Encode, BorrowDecode)]
struct Parts<'a> {
    lineage: &'a [u8],
    times: [u64; 4],
    idle: Option<u64>,
    remembered: Option<u64>,
    authenticated: Option<u64>,
    level: u8,
    owner: Option<&'a str>,
    label: Option<&'a str>,
    entries: Vec<(&'a [u8], &'a [u8])>,
}

/// The most keys that the property makes.
const MAX_KEYS: usize = 4;

/// Returns the `Debug` text, because records cannot be compared.
fn by_bincode(bytes: &[u8]) -> Result<String, RecordError> {
    let limited = standard().with_limit::<{ 1 << 20 }>();
    let unreadable = || damaged("its envelope cannot be read");
    let (envelope, read): (Envelope<'_>, _) =
        bincode::borrow_decode_from_slice(bytes, limited).map_err(|_| unreadable())?;
    if matches!(envelope, Envelope::Superseded { tokens, .. } if TokenDigests::from_bytes(tokens).is_none()) {
        return Err(unreadable());
    }
    if matches!(envelope, Envelope::Ended { by, .. } if EndedBy::from_byte(by).is_none()) {
        return Err(unreadable());
    }
    if read != bytes.len() {
        return Err(damaged("trailing bytes"));
    }
    let Envelope::Live(parts) = envelope else { return Ok(format!("{envelope:?}")) };
    Lineage::from_bytes(parts.lineage).ok_or(damaged("its lineage cannot be read"))?;
    let mut last = None;
    for (key, _) in &parts.entries {
        str::from_utf8(key).map_err(|_| damaged("a key is not UTF-8"))?;
        if last.replace(key).is_some_and(|last| last >= key) {
            return Err(damaged("its keys are not sorted"));
        }
    }
    Ok(format!("{parts:?}"))
}

fn by_us(bytes: &[u8]) -> Result<String, RecordError> {
    let data = Bytes::copy_from_slice(bytes);
    Ok(match body::read(data, 0, Codec::default())? {
        Record::Live(live) => {
            let millis = |lifetime: std::time::Duration| u64::try_from(lifetime.as_millis()).unwrap();
            let parts = Parts {
                lineage: live.lineage.as_bytes(),
                times: [live.created, live.renewed, live.deadline, live.seen].map(|time| time.as_millis()),
                idle: live.idle.map(millis),
                remembered: live.remembered.map(millis),
                authenticated: live.authenticated.map(|time| time.as_millis()),
                level: live.level,
                owner: live.owner.as_deref(),
                label: live.label.as_deref(),
                entries: live.entries.iter().collect(),
            };
            format!("{parts:?}")
        }
        Record::Moved { to, grace_until } => {
            let (to, grace_until) = (*to.as_bytes(), grace_until.as_millis());
            format!("{:?}", Envelope::Moved { to, grace_until })
        }
        Record::Superseded { to, at, tokens } => {
            let (family, digest) = (*to.family.as_bytes(), *to.digest.as_bytes());
            let (at, tokens) = (at.as_millis(), tokens.as_bytes());
            format!("{:?}", Envelope::Superseded { family, digest, at, tokens })
        }
        Record::Ended { by, at } => {
            format!("{:?}", Envelope::Ended { by: by.as_byte(), at: at.as_millis() })
        }
    })
}

/// Numbers on both sides of every length that one can have.
fn number() -> impl Strategy<Value = u64> {
    prop_oneof![0..300_u64, 65_530..65_550_u64, (1_u64 << 32) - 3..(1 << 32) + 3, any::<u64>()]
}

fn some_bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![9 => "[a-c\u{e9}]{0,2}".prop_map(String::into_bytes), 1 => prop::collection::vec(any::<u8>(), 0..most)]
}

prop_compose! {
    fn live()(
        lineage in prop_oneof![Just(0_usize), Just(16), 0..80_usize],
        times in [number(), number(), number(), number()],
        options in [prop::option::of(number()), prop::option::of(number()), prop::option::of(number())],
        level in any::<u8>(),
        names in [prop::option::of("[a-z\u{e9}]{0,5}"), prop::option::of("[a-z]{0,3}")],
        entries in prop::collection::vec((some_bytes(4), some_bytes(300)), 0..MAX_KEYS + 2),
        sorted in any::<bool>(),
    ) -> Vec<u8> {
        let mut entries: Vec<_> = entries.iter().map(|(key, value)| (&**key, &**value)).collect();
        if sorted {
            entries.sort_unstable();
            entries.dedup_by_key(|entry| entry.0);
        }
        let [idle, remembered, authenticated] = options;
        let [owner, label] = [&names[0], &names[1]].map(Option::as_deref);
        let lineage = &[7; 80][..lineage];
        let parts = Parts { lineage, times, idle, remembered, authenticated, level, owner, label, entries };
        bincode::encode_to_vec(Envelope::Live(Box::new(parts)), standard()).unwrap()
    }
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let moved = (any::<[u8; 32]>(), number()).prop_map(|(to, grace_until)| {
        bincode::encode_to_vec(Envelope::Moved { to, grace_until }, standard()).unwrap()
    });
    let superseded = (any::<[u8; 16]>(), any::<[u8; 32]>(), number(), 0..10_usize, 0..2_usize).prop_map(
        |(family, digest, at, tokens, odd)| {
            let tokens = &[7; 200][..tokens * 16 + odd];
            bincode::encode_to_vec(Envelope::Superseded { family, digest, at, tokens }, standard()).unwrap()
        },
    );
    let ended = (0..8_u8, number())
        .prop_map(|(by, at)| bincode::encode_to_vec(Envelope::Ended { by, at }, standard()).unwrap());
    let arbitrary = (0..5_u8, prop::collection::vec(prop_oneof![0..5_u8, 248..=255_u8, any::<u8>()], 0..80))
        .prop_map(|(variant, rest)| [&[variant], &*rest].concat());
    prop_oneof![6 => live(), 1 => moved, 1 => superseded, 1 => ended, 2 => arbitrary]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16_384))]
    #[test]
    fn it_takes_and_refuses_what_bincode_does(
        bytes in body(),
        // Some bytes become others, such as another spelling of the same number.
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0..4_u8, any::<u8>()), 0..3),
        length in prop::option::weighted(0.1, any::<prop::sample::Index>()),
    ) {
        let mut bytes = bytes;
        for (at, how, byte) in changes {
            let at = at.index(bytes.len());
            let old = bytes[at];
            match how {
                0 => drop(bytes.splice(at..=at, [byte])),
                1 => drop(bytes.splice(at..=at, [251, old, 0])),
                2 => drop(bytes.splice(at..=at, [252, old, 0, 0, 0])),
                _ => drop(bytes.splice(at..=at, [253, old, 0, 0, 0, 0, 0, 0, 0])),
            }
        }
        if let Some(length) = length {
            bytes.truncate(length.index(bytes.len()));
        }
        prop_assert_eq!(by_us(&bytes), by_bincode(&bytes));
    }
}

/// The bytes that bincode writes for a record, and those of ours. `None` if the bytes are not a record.
fn both_written(bytes: &[u8]) -> Option<[Vec<u8>; 2]> {
    let record = body::read(Bytes::copy_from_slice(bytes), 0, Codec::default()).ok()?;
    let (envelope, _): (Envelope<'_>, _) = bincode::borrow_decode_from_slice(bytes, standard()).unwrap();
    let ours = record.encode();
    Some([bincode::encode_to_vec(envelope, standard()).unwrap(), ours[HEADER..].to_vec()])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]
    #[test]
    fn it_writes_what_bincode_does(bytes in body()) {
        if let Some([bincodes, ours]) = both_written(&bytes) {
            prop_assert_eq!(bincodes, ours);
        }
    }
}

/// How often the property meets each kind of answer: a test of the test.
#[test]
fn what_is_written_is_read_and_every_error_is_met() {
    use proptest::{strategy::ValueTree as _, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let mut answers = std::collections::BTreeMap::new();
    for _ in 0..2_000 {
        let bytes = body().new_tree(&mut runner).unwrap().current();
        let answer = by_us(&bytes).map_or_else(|error| error.to_string(), |_| "a record".to_owned());
        *answers.entry(answer).or_insert(0) += 1;
    }
    assert!(answers.len() >= 5 && answers["a record"] > 200, "{answers:?}");
}
