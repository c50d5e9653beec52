//! A write that waits for its turn decides by the clock of its turn (CLOCK-2).

use std::{
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{BlockingStore, CommitOutcome, DeleteOutcome, Page, RotateOutcome, Store, TouchOutcome, Write},
};
use session_sql::Builder;

use crate::{
    Database, Server as _,
    pair::{BOUND, Pair, revision, write},
    start,
};

/// How long the sessions live: all writes begin in this time, or they have nothing to wait for.
const LIFE: Duration = Duration::from_secs(3);

/// What is done to a session that others hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    Touch,
    Commit,
    Rotate,
    Delete,
    LeaveTombstone,
}

const ALL: [Work; 5] = [Work::Touch, Work::Commit, Work::Rotate, Work::Delete, Work::LeaveTombstone];

/// A session, and the API that works on it.
#[derive(Debug, Clone, Copy)]
struct Held {
    work: Work,
    number: u8,
    is_owned: bool,
    is_blocking: bool,
}

impl Held {
    /// Each kind of work on a session with and without an owner, through both APIs.
    fn all() -> impl Iterator<Item = Self> {
        let apis = [false, true].into_iter().flat_map(|api| [false, true].map(|owned| (api, owned)));
        let all = apis.flat_map(|(is_blocking, is_owned)| ALL.map(|work| (work, is_owned, is_blocking)));
        (1..).zip(all).map(|(number, (work, is_owned, is_blocking))| Self {
            work,
            number,
            is_owned,
            is_blocking,
        })
    }

    fn key(self, round: u8, is_target: bool) -> StoreKey {
        let digest = Digest::from_bytes(std::array::from_fn(|place| match place {
            0 => round,
            1 => u8::from(is_target),
            _ => self.number,
        }));
        let first = Digest::from_bytes([self.number + 100 + round; 32]);
        let family = if self.is_owned {
            Family::of_owner(&format!("{first:?} {round} {}", self.number), None)
        } else {
            Family::anonymous(&first)
        };
        StoreKey { family, digest }
    }

    fn create<D: Database>(self, pair: &Pair<D::Dialect>, round: u8) {
        let write = Write { ttl: LIFE, ..write(1, b"cart") };
        let key = self.key(round, false);
        pair.runtime.block_on(Store::create(&pair.nonblocking, &key, write, None)).unwrap();
    }

    /// Returns whether the session was told to be over.
    fn work<D: Database>(self, pair: &Pair<D::Dialect>, round: u8) -> bool {
        let (key, to, now, next) =
            (self.key(round, false), self.key(round, true), revision(1), write(2, b"new"));
        let leaving = (self.work == Work::LeaveTombstone).then_some(next);
        let (calm, eager, runtime) = (&pair.blocking, &pair.nonblocking, &pair.runtime);
        match (self.work, self.is_blocking) {
            (Work::Touch, true) => {
                BlockingStore::touch(calm, &key, now, next.ttl).unwrap() == TouchOutcome::Gone
            }
            (Work::Touch, false) => {
                runtime.block_on(Store::touch(eager, &key, now, next.ttl)).unwrap() == TouchOutcome::Gone
            }
            (Work::Commit, true) => {
                BlockingStore::commit(calm, &key, now, next).unwrap() == CommitOutcome::Gone
            }
            (Work::Commit, false) => {
                runtime.block_on(Store::commit(eager, &key, now, next)).unwrap() == CommitOutcome::Gone
            }
            (Work::Rotate, true) => {
                BlockingStore::rotate(calm, &key, now, &to, next, None).unwrap() == RotateOutcome::Gone
            }
            (Work::Rotate, false) => {
                let rotated = runtime.block_on(Store::rotate(eager, &key, now, &to, next, None));
                rotated.unwrap() == RotateOutcome::Gone
            }
            (Work::Delete | Work::LeaveTombstone, true) => {
                BlockingStore::delete(calm, &key, Some(now), leaving).unwrap() != DeleteOutcome::Deleted
            }
            (Work::Delete | Work::LeaveTombstone, false) => {
                let deleted = runtime.block_on(Store::delete(eager, &key, Some(now), leaving));
                deleted.unwrap() != DeleteOutcome::Deleted
            }
        }
    }
}

/// Writes wait for rows that a client holds until the sessions are over. It holds them without a change, changes them, or
/// changes them and takes that back.
pub fn a_write_that_waited_brings_no_session_back<D: Database>() {
    let server = start::<D>(&[]);
    let builder = Builder::<D::Dialect>::new(&server.url()).pool_size(16);
    let pair = Pair::of(&builder.connect_timeout(BOUND).response_timeout(BOUND).budget(BOUND));
    let mut holder = D::session(&server.url());
    let changed = "UPDATE alo_session SET mark=mark+0";
    let ends =
        [("SELECT 1 FROM alo_session FOR UPDATE", "COMMIT"), (changed, "COMMIT"), (changed, "ROLLBACK")];
    for (round, (hold, end)) in (1..).zip(ends) {
        Held::all().for_each(|held| held.create::<D>(&pair, round));
        let over = Instant::now() + LIFE;
        holder("BEGIN");
        holder(hold);
        let finished = AtomicU32::new(0);
        thread::scope(|scope| {
            let works: Vec<_> = Held::all()
                .map(|held| {
                    let (pair, finished) = (&pair, &finished);
                    let work = move || {
                        let is_over = held.work::<D>(pair, round);
                        finished.fetch_add(1, Ordering::Relaxed);
                        is_over
                    };
                    (held, scope.spawn(work))
                })
                .collect();
            // On a machine that is slow some come too late to wait.
            let waiting =
                || server.sql(D::WAITING).split_whitespace().last().unwrap().parse::<u32>().unwrap();
            while waiting() + finished.load(Ordering::Relaxed) < u32::try_from(works.len()).unwrap() {
                assert!(over.elapsed() < BOUND, "not all wait");
            }
            thread::sleep(over.saturating_duration_since(Instant::now()) + Duration::from_millis(20));
            assert!(
                Held::all().all(|held| absent::<D>(&pair, &held.key(round, false))),
                "a read waits for nobody"
            );
            holder(end);
            for (held, work) in works {
                let is_over = work.join().unwrap();
                // What was deleted late is as gone as what was over.
                assert!(is_over || held.work == Work::Delete, "{held:?} after {hold}; {end}");
            }
        });
        for held in Held::all() {
            for key in [held.key(round, false), held.key(round, true)] {
                assert!(absent::<D>(&pair, &key), "{held:?} came back after {hold}; {end}");
                let listed = BlockingStore::list(&pair.blocking, &key.family, Page::default()).unwrap();
                assert!(listed.sessions.is_empty(), "{held:?} is listed after {hold}; {end}");
            }
        }
    }
}

fn absent<D: Database>(pair: &Pair<D::Dialect>, key: &StoreKey) -> bool {
    BlockingStore::load(&pair.blocking, key).unwrap().is_none()
}
