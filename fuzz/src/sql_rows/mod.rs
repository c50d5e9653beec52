//! Any answers of a database to the statements of each operation: no panic and no end without one, no session that is not in a
//! row, nothing absent unless an answer says so, no lost answer taken for a conflict.

pub(crate) mod laws;

use std::{num::NonZeroU32, time::Duration};

use session_core::{
    exchange::Call,
    id::{Digest, Family, StoreKey},
    store::{Cap, OnFull, Page, Revision, Write},
};

/// The operations, of anonymous sessions and of owners.
pub(crate) fn call(which: u8, how: u8) -> Call<'static> {
    let family = Family::from_bytes([if how & 1 == 0 { 0 } else { 0xff }; 16]);
    let key = StoreKey { family, digest: Digest::from_bytes([b'0'; 32]) };
    let to = StoreKey { family, digest: Digest::from_bytes([b'1'; 32]) };
    let expected = Revision::from_bytes([b'0'; 16]);
    let ttl = Duration::from_secs(1);
    let write = Write { next: Revision::from_bytes([b'1'; 16]), data: b"new", ttl };
    let tombstone = Write { next: Revision::from_bytes([b'2'; 16]), data: b"gone", ttl };
    let tombstone = (how & 2 == 0).then_some(tombstone);
    let on_full = if how & 8 == 0 { OnFull::Refuse } else { OnFull::EvictOldest };
    let cap = Cap { max: NonZeroU32::new(u32::from(how >> 4 & 3) + 1).expect("it is one more"), on_full };
    match which % 9 {
        0 => Call::Load { key },
        1 => Call::Create { key, write, cap: (how & 4 == 0).then_some(cap) },
        2 => Call::Commit { key, expected, replaced: None, write },
        3 => Call::Touch { key, expected, ttl },
        4 => Call::Rotate { from: key, expected, to, write, tombstone },
        5 => Call::Delete { key, expected: (how & 4 == 0).then_some(expected), tombstone },
        6 => Call::List { family, page: Page::default() },
        7 => Call::Revoke { family, keep: (how & 4 == 0).then_some(to.digest) },
        _ => Call::Sweep { limit: u32::from(how) },
    }
}
