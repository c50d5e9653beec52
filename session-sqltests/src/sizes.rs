//! How large the future of a call is.

use std::{mem::size_of_val, time::Duration};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{Page, Revision, Store as _, Write},
};
use session_sql::nonblocking::{Asynchronous, SqlStore};

/// Of each call, and of what is behind it. Nothing is connected.
pub fn a_call_is_small_and_its_box_too<D: Asynchronous>(url: &str) {
    let store = SqlStore::<D>::connect(url).unwrap();
    let key = &StoreKey { family: Family::from_bytes([1; 16]), digest: Digest::from_bytes([2; 32]) };
    let expected = Revision::from_bytes([3; 16]);
    let write = Write { next: expected, data: b"", ttl: Duration::from_secs(1) };
    let calls = [
        size_of_val(&store.load(key)),
        size_of_val(&store.create(key, write, None)),
        size_of_val(&store.commit(key, expected, write)),
        size_of_val(&store.touch(key, expected, write.ttl)),
        size_of_val(&store.rotate(key, expected, key, write, Some(write))),
        size_of_val(&store.delete(key, None, Some(write))),
        size_of_val(&store.list(&key.family, Page::default())),
        size_of_val(&store.revoke(&key.family, None)),
        size_of_val(&store.sweep(1)),
    ];
    assert!(calls.iter().all(|&size| size <= 200), "{calls:?}");
    let boxes = store.box_sizes(key, write);
    // The largest that the C library's allocator keeps at hand.
    assert!(boxes.iter().all(|&size| size <= 1032), "{boxes:?}");
}
