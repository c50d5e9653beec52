//! What each operation sends, word by word.

use std::{num::NonZeroU32, time::Duration};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{Cap, Cursor, OnFull, Page, Revision, StoreErrorKind, Write},
};

use crate::{
    protocol::{Keys, Request, words as words_of},
    routing::slot_of,
};

const EXPECTED: Revision = Revision::from_bytes(*b"expected.revisio");
const SECOND: Duration = Duration::from_secs(1);

/// An anonymous session, whose family follows from its digest.
fn anonymous(byte: u8) -> StoreKey {
    let digest = Digest::from_bytes([byte; 32]);
    StoreKey { family: Family::from_bytes([0x00; 16]), digest }
}

fn owned(byte: u8) -> StoreKey {
    let family = Family::from_bytes([0xff; 16]);
    assert!(family.is_owned() && !anonymous(byte).family.is_owned());
    StoreKey { family, digest: Digest::from_bytes([byte; 32]) }
}

fn write(data: &[u8]) -> Write<'_> {
    Write { next: Revision::from_bytes(*b"the.next.revisio"), data, ttl: SECOND }
}

fn tombstone() -> Option<Write<'static>> {
    let next = Revision::from_bytes(*b"tombstone.revisi");
    Some(Write { next, data: b"moved", ttl: Duration::from_millis(10) })
}

/// The words of the commands, with short names for keys and digests, and a script's name for its hash.
fn words(request: Request) -> Vec<String> {
    let Request { script, commands, .. } = request;
    let name = |word: &[u8]| {
        let mut text = word.escape_ascii().to_string();
        if let Some(script) = script.filter(|script| script.hash() == text) {
            return format!("{script:?}").replace(' ', "-");
        }
        for (tag, family) in [(&"A".repeat(22)[..], "anon"), ("_____________________w", "owner")] {
            text = text.replace(tag, family);
        }
        for (letters, name) in [("AQEB", "1"), ("AgIC", "2")] {
            text = text.replace(&(letters.repeat(10) + if name == "1" { "AQE" } else { "AgI" }), name);
        }
        for digest in ["\\x01", "\\x02"] {
            text = text.replace(&digest.repeat(32), &format!("digest{}", &digest[3..]));
        }
        if text.is_empty() { "''".to_owned() } else { text }
    };
    commands.cmd_iter().map(|command| words_of(command).map(name).collect::<Vec<_>>().join(" ")).collect()
}

fn keys() -> Keys {
    Keys::new("p_".to_owned())
}

#[test]
fn a_load_is_one_pipeline() {
    assert_eq!(words(keys().load(&anonymous(1))), ["GET p_{anon}s:1", "PTTL p_{anon}s:1"]);
    assert_eq!(words(keys().load(&owned(1))), ["GET p_{owner}s:1", "PTTL p_{owner}s:1", "GET p_{owner}r"]);
}

#[test]
fn an_anonymous_session_is_inserted_without_a_script() {
    assert_eq!(
        words(keys().insert(&anonymous(1), write(b"\0data"))),
        [r"SET p_{anon}s:1 the.next.revisio\x00data NX PX 1000"]
    );
    assert_eq!(words(keys().revision(&anonymous(1))), ["GETRANGE p_{anon}s:1 0 15"]);
}

#[test]
fn an_owned_session_is_created_within_the_cap() {
    let cap = |max, on_full| Some(Cap { max: NonZeroU32::new(max).unwrap(), on_full });
    let head = "EVALSHA owned-create 3 p_{owner}s:1 p_{owner}i p_{owner}r the.next.revisio data 1000 digest1";
    for (cap, tail) in [(None, "'' 0"), (cap(3, OnFull::EvictOldest), "3 1"), (cap(1, OnFull::Refuse), "1 0")]
    {
        assert_eq!(words(keys().create_owned(&owned(1), write(b"data"), cap)), [format!("{head} {tail}")]);
    }
}

#[test]
fn a_swap_names_the_whole_value_it_expects() {
    let swap = || keys().swap(&anonymous(1), EXPECTED, b"old", write(b"data"));
    assert_eq!(words(swap()), ["SET p_{anon}s:1 the.next.revisiodata IFEQ expected.revisioold PX 1000"]);
    assert_eq!(swap().key(), keys().commit(&anonymous(1), EXPECTED, write(b"data")).key());
}

#[test]
fn a_commit_and_a_touch_name_the_revision_they_expect() {
    assert_eq!(
        words(keys().commit(&anonymous(1), EXPECTED, write(b"data"))),
        ["EVALSHA commit 1 p_{anon}s:1 expected.revisio the.next.revisio data 1000"]
    );
    assert_eq!(
        words(keys().commit(&owned(1), EXPECTED, write(b""))),
        [
            "EVALSHA owned-commit 3 p_{owner}s:1 p_{owner}i p_{owner}r expected.revisio the.next.revisio '' 1000 digest1"
        ]
    );
    assert_eq!(
        words(keys().touch(&anonymous(1), EXPECTED, SECOND)),
        ["EVALSHA touch 1 p_{anon}s:1 expected.revisio 1000"]
    );
    assert_eq!(
        words(keys().touch(&owned(1), EXPECTED, SECOND)),
        ["EVALSHA owned-touch 3 p_{owner}s:1 p_{owner}i p_{owner}r expected.revisio 1000 digest1"]
    );
}

#[test]
fn a_rotation_declares_both_keys() {
    let rotate = |from: &StoreKey, to: &StoreKey, tombstone| {
        keys().rotate(from, EXPECTED, to, write(b"data"), tombstone)
    };
    assert_eq!(
        words(rotate(&anonymous(1), &anonymous(2), tombstone()).unwrap()),
        [
            "EVALSHA rotate 2 p_{anon}s:1 p_{anon}s:2 expected.revisio the.next.revisio data 1000 tombstone.revisi \
         moved 10"
        ]
    );
    assert_eq!(
        words(rotate(&owned(1), &owned(2), None).unwrap()),
        ["EVALSHA owned-rotate 4 p_{owner}s:1 p_{owner}i p_{owner}r p_{owner}s:2 expected.revisio \
         the.next.revisio data 1000 digest1 digest2 '' '' ''"]
    );
    for (from, to) in [(anonymous(1), anonymous(1)), (anonymous(1), owned(2))] {
        assert_eq!(rotate(&from, &to, None).unwrap_err().kind(), StoreErrorKind::Other);
    }
}

#[test]
fn a_delete_says_what_it_expects_and_leaves() {
    assert_eq!(
        words(keys().delete(&anonymous(1), Some(EXPECTED), tombstone())),
        ["EVALSHA delete 1 p_{anon}s:1 expected.revisio tombstone.revisi moved 10"]
    );
    assert_eq!(
        words(keys().delete(&owned(1), None, None)),
        ["EVALSHA owned-delete 3 p_{owner}s:1 p_{owner}i p_{owner}r '' '' '' '' digest1"]
    );
}

#[test]
fn the_sessions_of_an_owner() {
    let owner = owned(1).family;
    let member = |byte| {
        let digest = Digest::from_bytes([byte; 32]);
        (digest, Cursor { position: 7, digest })
    };
    let page = Page { after: None, limit: NonZeroU32::new(2).unwrap() };
    let range = "BYSCORE REV LIMIT 0 3 WITHSCORES";
    assert_eq!(
        words(keys().members(&owner, &page)),
        ["GET p_{owner}r".to_owned(), format!("ZRANGE p_{{owner}}i +inf (0100000000000000 {range}")]
    );
    let page = Page { after: Some(member(1).1), ..page };
    assert_eq!(
        words(keys().members(&owner, &page)),
        ["GET p_{owner}r".to_owned(), format!("ZRANGE p_{{owner}}i (7 (0100000000000000 {range}")]
    );
    assert_eq!(
        words(keys().list(&owner, &[member(1), member(2)])),
        [
            "GET p_{owner}r",
            "GET p_{owner}s:1",
            "PTTL p_{owner}s:1",
            "GET p_{owner}s:2",
            "PTTL p_{owner}s:2",
            "ZMSCORE p_{owner}i sdigest1 sdigest2"
        ]
    );
    assert_eq!(
        words(keys().successors(&owner, &[9, 7])),
        [
            "ZRANGE p_{owner}i 9 9 BYSCORE WITHSCORES",
            "ZRANGE p_{owner}i 7 7 BYSCORE WITHSCORES",
            "GET p_{owner}r"
        ]
    );
    assert_eq!(
        words(keys().revoke(&owner, None, 0xbeef)),
        ["EVALSHA owned-revoke 3 p_{owner}i p_{owner}i p_{owner}r '' 000000000000beef"]
    );
    assert_eq!(
        words(keys().revoke(&owner, Some(&owned(2).digest), u64::MAX)),
        ["EVALSHA owned-revoke 3 p_{owner}s:2 p_{owner}i p_{owner}r digest2 ffffffffffffffff"]
    );
    let (low, high) = (b"0100000000000007", b"0100000000000009");
    assert_eq!(
        words(keys().remove(&owner, &[owned(1).digest, owned(2).digest], low, high)),
        [
            "UNLINK p_{owner}s:1 p_{owner}s:2",
            "ZREM p_{owner}i ddigest1 sdigest1 ddigest2 sdigest2",
            "ZRANGE p_{owner}i (0100000000000007 0100000000000009 BYSCORE LIMIT 0 1000"
        ]
    );
}

#[test]
fn a_deadline_is_rounded_up_and_never_for_ever() {
    let day = Duration::from_secs(86_400);
    for (ttl, sent) in [
        (Duration::ZERO, "1"),
        (Duration::from_nanos(1), "1"),
        (Duration::from_nanos(1_000_001), "2"),
        (400 * day, "34560000000"),
        (401 * day, "34560000000"),
        (Duration::MAX, "34560000000"),
    ] {
        let words = words(keys().touch(&anonymous(1), EXPECTED, ttl));
        assert!(words[0].ends_with(&format!(" {sent}")), "{words:?}");
    }
}

#[test]
fn all_keys_of_a_request_are_in_one_slot() {
    let (from, to) = (owned(1), owned(2));
    let request = keys().rotate(&from, EXPECTED, &to, write(b""), None).unwrap();
    let slot = slot_of(request.key());
    let call: Vec<_> = words_of(request.commands.cmd_iter().next().unwrap()).collect();
    let [_, _, b"4", declared @ ..] = &call[..] else { panic!("{request:?}") };
    assert!(declared[..4].iter().all(|key| slot_of(key) == slot));
    assert_eq!(slot_of(keys().load(&from).key()), slot);
}

#[test]
fn it_is_sent_as_arrays_of_counted_strings() {
    let packed = keys().load(&anonymous(1)).commands.get_packed_pipeline();
    let key = format!("p_{{{}}}s:{}AQE", "A".repeat(22), "AQEB".repeat(10));
    let length = key.len();
    let expected =
        format!("*2\r\n$3\r\nGET\r\n${length}\r\n{key}\r\n*2\r\n$4\r\nPTTL\r\n${length}\r\n{key}\r\n");
    assert_eq!(String::from_utf8(packed).unwrap(), expected);
}
