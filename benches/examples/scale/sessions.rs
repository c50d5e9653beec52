use session_core::store::{CommitOutcome, Page, Store as _};

use crate::{
    backend::Backend,
    fill::{DEVICES, OWNED, Population, at_once, digest, key, owner, record, revision},
    measure::Cost,
    table::{Operation, Table},
};

const OPERATIONS: &[Operation] = &[
    Operation { name: "load", power: 0.0 },
    Operation { name: "commit", power: 0.0 },
    Operation { name: "list 5", power: 0.0 },
    Operation { name: "revoke 5", power: 0.0 },
    Operation { name: "sweep 256", power: 0.0 },
];
const TIMES: u64 = 4000;
const REVOKED: u64 = 400;
/// The rows that one session start sweeps, and how often that is measured.
const BATCH: u32 = 256;
const SWEPT: u64 = 40;

/// From 1,000 sessions to `most`.
pub(crate) async fn grow(backend: &Backend, most: u64) -> Table {
    let mut population = Population::new(backend);
    let empty = backend.bytes();
    let mut table = Table::new("sessions", &["creates/s", "bytes each"], OPERATIONS);
    let mut wanted = 1000;
    loop {
        let rate = population.grow_to(wanted).await;
        let bytes = backend.bytes().saturating_sub(empty) / wanted;
        let costs = measure(backend, &population).await;
        table.add(wanted, &[rate as u64, bytes], costs);
        if wanted >= most {
            return table;
        }
        wanted = (wanted * 10).min(most);
    }
}

async fn measure(backend: &Backend, population: &Population) -> Vec<Option<Cost>> {
    let (store, len) = (&population.store, population.len());
    // Sessions and owners far apart, so that no cache of the machine helps.
    let spread = |count: u64| move |number: u64| number.wrapping_mul(0x9e37_79b9_7f4a_7c15) % count;
    let (session, someone) = (spread(len), spread(len / OWNED / DEVICES));
    let load = Cost::of(backend, TIMES, async |number| {
        assert!(store.load(&key(session(number))).await.unwrap().is_some());
    });
    let load = load.await;
    let commit = Cost::of(backend, TIMES, async |number| {
        let number = session(number);
        let (from, to) = (revision(number), revision(number | 1 << 63));
        // To another revision and back, so that every session is as before.
        for (from, to) in [(from, to), (to, from)] {
            let outcome = store.commit(&key(number), from, record(to)).await.unwrap();
            assert_eq!(outcome, CommitOutcome::Written);
        }
    });
    let commit = commit.await.half();
    let list = Cost::of(backend, TIMES, async |number| {
        let listed = store.list(&owner(someone(number)), Page::default()).await.unwrap();
        assert_eq!(listed.sessions.len() as u64, DEVICES);
    });
    let list = list.await;
    let revoke = revoke(backend, population).await;
    let sweep = sweep(backend, population).await;
    vec![Some(load), Some(commit), Some(list), Some(revoke), sweep]
}

/// Sessions of owners of their own, because the others must stay.
async fn revoke(backend: &Backend, population: &Population) -> Cost {
    let stranger = |number: u64| owner(u64::MAX - number);
    at_once(0..REVOKED * DEVICES, &population.store, move |store, number| async move {
        let mut key = key(number);
        (key.family, key.digest) = (stranger(number / DEVICES), digest(u64::MAX / 2 + number));
        store.create(&key, record(revision(number)), None).await.unwrap();
    })
    .await;
    let revoke = Cost::of(backend, REVOKED, async |number| {
        assert_eq!(population.store.revoke(&stranger(number), None).await.unwrap(), DEVICES);
    });
    revoke.await
}

/// Returns `None` on a server that removes expired records by itself.
async fn sweep(backend: &Backend, population: &Population) -> Option<Cost> {
    // Other numbers than those of the live sessions and of the smaller sizes.
    let first = population.len() << 24;
    if !backend.insert_expired(first..first + SWEPT * u64::from(BATCH)).await {
        return None;
    }
    let sweep = Cost::of(backend, SWEPT, async |_| {
        assert_eq!(population.store.sweep(BATCH).await.unwrap(), u64::from(BATCH));
    });
    Some(sweep.await)
}
