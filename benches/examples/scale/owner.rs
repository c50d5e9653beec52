use std::{
    num::NonZeroU32,
    sync::atomic::{AtomicU64, Ordering},
};

use session_core::{
    id::{Family, StoreKey},
    store::{AnyStore, Cap, CommitOutcome, CreateOutcome, OnFull, Page, Store as _},
};

use crate::{
    backend::Backend,
    fill::{at_once, digest, owner, record, revision},
    measure::Cost,
    table::{Operation, Table},
};

/// A page of the list has a hundred sessions, however many there are.
const OPERATIONS: &[Operation] = &[
    Operation { name: "load", power: 0.0 },
    Operation { name: "commit", power: 0.0 },
    Operation { name: "list one page", power: 0.0 },
    Operation { name: "one more under a cap", power: 0.0 },
    Operation { name: "revoke all", power: 1.0 },
];
const TIMES: u64 = 2000;
/// The most sessions of one owner, by which sessions are numbered.
const ROOM: u64 = 1 << 20;

/// Owners of one session to owners of `most`.
pub(crate) async fn grow(backend: &Backend, most: u64) -> Table {
    let store = backend.store();
    let mut table = Table::new("sessions of an owner", &[], OPERATIONS);
    for count in (0..).map(|power| 10_u64.pow(power)).take_while(|count| *count <= most) {
        table.add(count, &[], measure(backend, &store, count).await);
    }
    table
}

async fn measure(backend: &Backend, store: &AnyStore, count: u64) -> Vec<Option<Cost>> {
    // The same number of sessions for every size, so that the server is equally full.
    let owners = (20_000 / count).clamp(20, 400);
    at_once(0..owners, store, move |store, number| async move {
        for session in 0..count {
            let key = key(count, number, session);
            let outcome = store.create(&key, record(revision(session)), None).await.unwrap();
            assert_eq!(outcome, CreateOutcome::Created { evicted: Vec::new() });
        }
    })
    .await;
    // A session of a different owner each time.
    let any = |number: u64| (number % owners, number.wrapping_mul(0x9e37_79b9_7f4a_7c15) % count);
    let load = Cost::of(backend, TIMES, async |number| {
        let (owner, session) = any(number);
        assert!(store.load(&key(count, owner, session)).await.unwrap().is_some());
    });
    let load = load.await;
    let commit = Cost::of(backend, TIMES, async |number| {
        let (owner, session) = any(number);
        let (from, to) = (revision(session), revision(session | 1 << 63));
        for (from, to) in [(from, to), (to, from)] {
            let outcome = store.commit(&key(count, owner, session), from, record(to)).await.unwrap();
            assert_eq!(outcome, CommitOutcome::Written);
        }
    });
    let commit = commit.await.half();
    let list = Cost::of(backend, TIMES, async |number| {
        let listed = store.list(&family(count, number % owners), Page::default()).await.unwrap();
        assert_eq!(listed.sessions.len() as u64, count.min(100));
    });
    let list = list.await;
    let cap = Cap { max: NonZeroU32::new(count as u32).unwrap(), on_full: OnFull::EvictOldest };
    let created = AtomicU64::new(count);
    let create = Cost::of(backend, TIMES, async |number| {
        let session = created.fetch_add(1, Ordering::Relaxed);
        let write = record(revision(session));
        let outcome = store.create(&key(count, number % owners, session), write, Some(cap)).await.unwrap();
        assert!(matches!(outcome, CreateOutcome::Created { evicted } if evicted.len() == 1));
    });
    let create = create.await;
    let revoke = Cost::of(backend, owners, async |number| {
        assert_eq!(store.revoke(&family(count, number), None).await.unwrap(), count);
    });
    [load, commit, list, create, revoke.await].map(Some).to_vec()
}

fn family(count: u64, number: u64) -> Family {
    owner(count * ROOM + number)
}

fn key(count: u64, number: u64, session: u64) -> StoreKey {
    let digest = digest((count * ROOM + number) * ROOM + session);
    StoreKey { family: family(count, number), digest }
}
