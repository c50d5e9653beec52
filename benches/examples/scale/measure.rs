use std::{
    fmt,
    time::{Duration, Instant},
};

use session_core::store::{CommitOutcome, Page, Store as _};

use crate::{
    DEVICES, OWNED,
    backend::Backend,
    fill::{Population, key, owner, record, revision},
};

pub(crate) const HEAD: &str = "  sessions creates/s   B/each      load us (cpu)    commit us (cpu)      list us (cpu)    \
                               revoke us (cpu)";

/// How long each kind of operation takes one after the other, and the server's processor time for it.
pub(crate) struct Costs([Cost; 4]);

struct Cost {
    median: Duration,
    cpu: Duration,
}

/// Enough for the server's clock, which counts hundredths of a second.
const TIMES: u64 = 2000;

pub(crate) async fn all(backend: &Backend, population: &Population) -> Costs {
    let (store, len) = (&population.store, population.len());
    // Every so manyth session or owner, so that no cache of the machine helps.
    let spread = |count: u64| move |number: u64| number.wrapping_mul(0x9e37_79b9_7f4a_7c15) % count;
    let (session, owners) = (spread(len), (len / OWNED / DEVICES).max(1));
    let someone = spread(owners);
    let load = cost(backend, TIMES, async |number| {
        assert!(store.load(&key(session(number))).await.unwrap().is_some());
    });
    let load = load.await;
    let commit = cost(backend, TIMES, async |number| {
        let number = session(number);
        let (from, to) = (revision(number), revision(number | 1 << 63));
        // There and back, so that every session is as it was.
        for (from, to) in [(from, to), (to, from)] {
            let outcome = store.commit(&key(number), from, record(to)).await.unwrap();
            assert_eq!(outcome, CommitOutcome::Written);
        }
    });
    let commit = commit.await.half();
    let list = cost(backend, TIMES, async |number| {
        assert!(!store.list(&owner(someone(number)), Page::default()).await.unwrap().sessions.is_empty());
    });
    let list = list.await;
    // Owners that nobody else knows: the rest must stay.
    let revoke = cost_of(backend, 200, async |number| {
        let family = owner(u64::MAX - number);
        for device in 0..DEVICES {
            let mut key = key(number);
            key.family = family;
            key.digest = key_of(len + number * DEVICES + device);
            store.create(&key, record(revision(number)), None).await.unwrap();
        }
        let start = Instant::now();
        assert_eq!(store.revoke(&family, None).await.unwrap(), DEVICES);
        start.elapsed()
    });
    Costs([load, commit, list, revoke.await])
}

fn key_of(number: u64) -> session_core::id::Digest {
    key(number).digest
}

async fn cost(backend: &Backend, times: u64, run: impl AsyncFn(u64)) -> Cost {
    cost_of(backend, times, async |number| {
        let start = Instant::now();
        run(number).await;
        start.elapsed()
    })
    .await
}

async fn cost_of(backend: &Backend, times: u64, run: impl AsyncFn(u64) -> Duration) -> Cost {
    let (before, mut taken) = (backend.cpu(), Vec::new());
    for number in 0..times {
        taken.push(run(number).await);
    }
    taken.sort_unstable();
    let cpu = (backend.cpu() - before) / u32::try_from(times).unwrap();
    Cost { median: taken.get(taken.len() / 2).copied().unwrap_or_default(), cpu }
}

impl Cost {
    fn half(self) -> Self {
        Self { median: self.median / 2, cpu: self.cpu / 2 }
    }
}

impl fmt::Display for Costs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Cost { median, cpu } in &self.0 {
            write!(f, " {:>10} ({:>5})", median.as_micros(), cpu.as_micros())?;
        }
        Ok(())
    }
}
