//! The stored format: golden bytes, and bytes that are not a record.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, unreachable_pub, reason = "test code")]

mod support;

use bytes::Bytes;
use proptest::prelude::*;
use session_core::{
    Context, RecordError, SessionConfig, SessionError, Timestamp, Visit, blocking,
    config::Codec,
    cookie::SetCookie,
    id::{Digest, Family, StoreKey},
    internal::{Record, TokenDigests},
    observe::EndedBy,
};
use support::{Counted, Shared};

fn sessions(codec: Codec) -> blocking::Sessions<Shared> {
    let config = SessionConfig::with(|settings| {
        settings.codec = codec;
        settings.fingerprint.properties.clear();
    })
    .unwrap();
    blocking::Sessions::with_context(Shared::default(), Context::with_entropy(config, Counted::default()))
}

/// The stored bytes of a small session, and the cookie that opens it.
fn stored(sessions: &blocking::Sessions<Shared>) -> (Bytes, String) {
    let now = sessions.store().0.lock().unwrap().timestamp();
    let session = sessions.open(&Visit::new(), now).unwrap();
    session.set("name", "Ada").unwrap();
    session.set("count", 300).unwrap();
    let settled = sessions.save(&session, now).unwrap();
    let SetCookie::Set { id, .. } = settled.cookie else { panic!("{settled:?}") };
    let records = sessions.store().0.lock().unwrap().sessions();
    (records[0].1.clone(), format!("AloSession={}", id.expose().as_str()))
}

#[test]
fn the_format_is_the_one_that_is_stored_out_there() {
    let golden: [(Codec, &[u8]); 3] = [
        (Codec::MessagePack, b"\x02\x01\x41\x14\xfa\xb7\0\0\xfc@B\x0f\0\xfc@B\x0f\0\xfc@p\xa2\x02\xfc@B\x0f\0\0\0\0\0\0\0\x02\x05count\x03\xcd\x01,\x04name\x04\xa3Ada"),
        (Codec::Json, b"\x02\x02\xf8\xe0\x9c\xb5\0\0\xfc@B\x0f\0\xfc@B\x0f\0\xfc@p\xa2\x02\xfc@B\x0f\0\0\0\0\0\0\0\x02\x05count\x03300\x04name\x05\"Ada\""),
        (Codec::Bincode, b"\x02\x03\x59\xce\x26\xfb\0\0\xfc@B\x0f\0\xfc@B\x0f\0\xfc@p\xa2\x02\xfc@B\x0f\0\0\0\0\0\0\0\x02\x05count\x03\xfbX\x02\x04name\x04\x03Ada"),
    ];
    for (codec, bytes) in golden {
        assert_eq!(stored(&sessions(codec)).0, bytes, "{codec:?}");
    }
    let moved = Record::Moved { to: Digest::from_bytes([7; 32]), grace_until: Timestamp::from_millis(251) };
    assert_eq!(moved.encode(), [&b"\x02\x01\x9c\x4d\x63\x11\x01"[..], &[7; 32], b"\xfb\xfb\x00"].concat());
    let to = StoreKey { family: Family::from_bytes([9; 16]), digest: Digest::from_bytes([7; 32]) };
    let at = Timestamp::from_millis(251);
    let superseded = Record::Superseded { to, at, tokens: TokenDigests::default() };
    assert_eq!(
        superseded.encode(),
        [&b"\x02\x01\x56\xcc\x14\x52\x02"[..], &[9; 16], &[7; 32], b"\xfb\xfb\x00\0"].concat()
    );
    let by = [
        EndedBy::Itself,
        EndedBy::SignOut,
        EndedBy::Application,
        EndedBy::Cap,
        EndedBy::Fingerprint,
        EndedBy::Reuse,
    ];
    for (byte, by) in by.into_iter().enumerate() {
        let ended = Record::Ended { by, at: Timestamp::from_millis(250) }.encode();
        assert_eq!(ended[6..], [3, u8::try_from(byte).unwrap(), 250], "{by:?}");
    }
}

#[test]
fn what_is_decoded_is_encoded_the_same() {
    for codec in [Codec::MessagePack, Codec::Json, Codec::Bincode] {
        let (bytes, _) = stored(&sessions(codec));
        assert_eq!(Record::decode(&bytes).unwrap().encode(), bytes);
    }
}

/// Opens a session over damaged bytes, which must stay as they are.
fn opened_with(damaged: &[u8]) -> Result<(), SessionError> {
    let sessions = sessions(Codec::MessagePack);
    let (_, cookie) = stored(&sessions);
    sessions.store().0.lock().unwrap().damage(damaged);
    let now = sessions.store().0.lock().unwrap().timestamp();
    let opened = sessions.open(&Visit::new().cookie(cookie.as_bytes()), now);
    assert_eq!(sessions.store().0.lock().unwrap().sessions()[0].1, damaged, "reading changed what is stored");
    opened.map(drop)
}

#[test]
fn a_truncated_record_is_an_error() {
    let (bytes, _) = stored(&sessions(Codec::MessagePack));
    for length in 0..bytes.len() {
        let error = opened_with(&bytes[..length]).unwrap_err();
        assert!(matches!(error, SessionError::Record(RecordError::Damaged { .. })), "{length}: {error}");
    }
    let longer = [&bytes[..], b"\0"].concat();
    assert!(matches!(opened_with(&longer), Err(SessionError::Record(RecordError::Damaged { .. }))));
}

#[test]
fn another_format_or_codec_is_named() {
    let (bytes, _) = stored(&sessions(Codec::MessagePack));
    for other in (0..=255).filter(|format| *format != 2) {
        let data = [&[other], &bytes[1..]].concat();
        let error = opened_with(&data).unwrap_err();
        assert!(
            matches!(error, SessionError::Record(RecordError::Format { found }) if found == other),
            "{error}"
        );
    }
    for other in (0..=255).filter(|codec| !(1..=3).contains(codec)) {
        let error = opened_with(&record(other, &bytes[6..])).unwrap_err();
        assert!(
            matches!(error, SessionError::Record(RecordError::Codec { found }) if found == other),
            "{error}"
        );
    }
}

#[test]
fn a_flipped_bit_is_an_error_wherever_it_is() {
    let (bytes, _) = stored(&sessions(Codec::MessagePack));
    for bit in 0..bytes.len() * 8 {
        let mut damaged = bytes.to_vec();
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert!(matches!(opened_with(&damaged), Err(SessionError::Record(_))), "bit {bit}");
    }
}

/// A live record up to its keys: no lineage, all times zero, no optional value.
const EMPTY: &[u8] = &[0; 12];

#[test]
fn hostile_lengths_are_refused_without_allocating_for_them() {
    let length = [&[0xfd][..], &(1u64 << 60).to_le_bytes()].concat();
    for body in [[&[0], &length[..]].concat(), [EMPTY, &length].concat(), [EMPTY, &[1], &length].concat()] {
        let error = opened_with(&record(1, &body)).unwrap_err();
        assert!(matches!(error, SessionError::Record(RecordError::Damaged { .. })), "{error}");
    }
    let many = [EMPTY, &[0xfc], &65_540_u32.to_le_bytes(), &[0; 200_000]].concat();
    assert!(matches!(opened_with(&record(1, &many)), Err(SessionError::Record(RecordError::Damaged { .. }))));
}

#[test]
fn keys_that_are_not_sorted_or_not_text_are_refused() {
    let pair = |key: &[u8]| [&[1], key, &[0]].concat();
    for (one, two) in [(b"b", b"a"), (b"a", b"a"), (b"a", b"\xff")] {
        let body = [EMPTY, &[2], &pair(one), &pair(two)].concat();
        let error = opened_with(&record(1, &body)).unwrap_err();
        assert!(matches!(error, SessionError::Record(RecordError::Damaged { .. })), "{error}");
    }
    let body = [EMPTY, &[2], &pair(b"a"), &pair(b"b")].concat();
    assert!(Record::decode(&record(1, &body).into()).is_ok(), "the body is one otherwise");
}

/// A record with this codec and body and the right checksum.
fn record(codec: u8, body: &[u8]) -> Vec<u8> {
    let sum = crc32fast::hash(&[&[2, codec], body].concat());
    [&[2, codec], &sum.to_le_bytes()[..], body].concat()
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Record::decode(&bytes.into()).is_err());
    }

    #[test]
    fn arbitrary_bodies_are_survived(
        front in prop::sample::select(vec![&b""[..], EMPTY]),
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let bytes = Bytes::from(record(1, &[front, &body].concat()));
        if let Ok(record) = Record::decode(&bytes) {
            prop_assert!(record.encode().len() <= bytes.len());
        }
    }
}
