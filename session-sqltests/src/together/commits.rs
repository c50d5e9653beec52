//! Commits of sessions that no owner has, on databases that have a statement for several.

use std::{net::TcpListener, time::Duration};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{Applied, CommitOutcome, Revision, Store, StoreError, StoreErrorKind, Write},
};
use session_sql::Builder;
use session_testservers::proxy::{Direction, Mode, Proxy};
use tokio::{
    runtime,
    task::JoinHandle,
    time::{sleep, timeout},
};

use super::Setting;
use crate::{
    Database, Server as _,
    pair::{BOUND, key, patient, revision, write},
};

type Committed = Result<CommitOutcome, StoreError>;

const WRITTEN: Committed = Ok(CommitOutcome::Written);
const UNKNOWN: Result<CommitOutcome, Applied> = Err(Applied::Unknown);
/// Before another look.
const PAUSE: Duration = Duration::from_millis(1);

impl<D: Database> Setting<D> {
    fn change(&self, key: StoreKey, expected: u8, next: u8, data: Vec<u8>) -> JoinHandle<Committed> {
        let store = self.store.clone();
        self.runtime
            .spawn(async move { Store::commit(&store, &key, revision(expected), write(next, &data)).await })
    }

    /// Writes over the sessions of these numbers. Each begins with its number as its revision, and gets the next hundred.
    fn change_all(&self, numbers: impl Iterator<Item = u8>) -> Vec<JoinHandle<Committed>> {
        numbers
            .map(|number| self.change(key(number), number, number + 100, vec![number + 100; 100]))
            .collect()
    }

    /// Freezes the server while a load has the only connection, and these wait.
    fn hold_changes(
        &self,
        numbers: impl Iterator<Item = u8>,
    ) -> (JoinHandle<Option<u8>>, Vec<JoinHandle<Committed>>) {
        self.server.freeze();
        let load = self.load(key(59));
        self.settle();
        let changes = self.change_all(numbers);
        self.settle();
        (load, changes)
    }

    fn is(&self, number: u8, data: &[u8]) {
        let loaded = self.runtime.block_on(Store::load(&self.store, &key(number))).unwrap();
        assert_eq!(loaded.unwrap().data, data, "{number}");
    }
}

/// Up to sixteen travel in one statement.
pub fn each_commit_is_answered_for_itself<D: Database>() {
    let setting = Setting::<D>::new();
    let before = D::count(&setting.server).statements;
    let (load, changes) = setting.hold_changes(1..37);
    setting.server.thaw();
    assert_eq!(setting.join(load), Some(59));
    changes.into_iter().for_each(|change| assert_eq!(setting.join(change), WRITTEN));
    assert_eq!(D::count(&setting.server).statements - before, 1 + 3, "of a load and 36 commits");
    (1..37).for_each(|number| setting.is(number, &[number + 100; 100]));
    (37..40).for_each(|number| setting.is(number, &[number; 100]));
}

/// Another revision, no session, one that has ended, an earlier attempt of the same, and two requests of one session.
pub fn a_commit_that_is_refused_disturbs_no_other<D: Database>() {
    let setting = Setting::<D>::new();
    let over = Write { ttl: Duration::from_millis(1), ..write(99, b"over") };
    setting.runtime.block_on(Store::create(&setting.store, &key(99), over, None)).unwrap();
    while setting.runtime.block_on(Store::load(&setting.store, &key(99))).unwrap().is_some() {}
    let (load, changes) = setting.hold_changes(1..4);
    let stale = setting.change(key(4), 99, 204, vec![0; 100]);
    let absent = setting.change(key(250), 1, 205, vec![0; 100]);
    let ended = setting.change(key(99), 99, 206, vec![0; 100]);
    let repeated = setting.change(key(6), 77, 6, vec![0; 100]);
    let rivals = [7, 8].map(|next| setting.change(key(7), 7, 200 + next, vec![200 + next; 100]));
    setting.settle();
    setting.server.thaw();
    assert_eq!(setting.join(load), Some(59));
    changes.into_iter().for_each(|change| assert_eq!(setting.join(change), WRITTEN));
    match setting.join(stale).unwrap() {
        CommitOutcome::Conflict(live) => {
            assert_eq!((live.revision, &*live.data), (revision(4), &[4; 100][..]));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(setting.join(absent), Ok(CommitOutcome::Gone));
    assert_eq!(setting.join(ended), Ok(CommitOutcome::Gone));
    assert_eq!(setting.runtime.block_on(Store::load(&setting.store, &key(99))), Ok(None));
    assert_eq!(setting.join(repeated), WRITTEN);
    setting.is(6, &[6; 100]);
    let outcomes = rivals.map(|rival| setting.join(rival).unwrap());
    let winner = outcomes.iter().position(|outcome| *outcome == CommitOutcome::Written).unwrap();
    let data = [207 + u8::try_from(winner).unwrap(); 100];
    assert!(
        matches!(&outcomes[1 - winner], CommitOutcome::Conflict(live) if live.data == data[..]),
        "{outcomes:?}"
    );
    setting.is(7, &data);
    (1..4).for_each(|number| setting.is(number, &[number + 100; 100]));
}

/// Another transaction has one of the rows.
pub fn a_row_that_is_held_delays_no_other<D: Database>() {
    let setting = Setting::<D>::new().with_long_locks();
    let mut other = D::session(&setting.server.url());
    other("BEGIN");
    other(
        "UPDATE alo_session SET data=data \
         WHERE revision=(SELECT revision FROM alo_session ORDER BY revision DESC LIMIT 1)",
    );
    // That of the session with the highest number.
    let (load, mut changes) = setting.hold_changes(55..60);
    setting.server.thaw();
    assert_eq!(setting.join(load), Some(59));
    for _ in 55..59 {
        assert_eq!(setting.join_first(&mut changes), WRITTEN);
    }
    assert!(!changes[0].is_finished(), "it has not waited for the row that is held");
    other("COMMIT");
    assert_eq!(setting.join(changes.remove(0)), WRITTEN);
    (55..60).for_each(|number| setting.is(number, &[number + 100; 100]));
}

/// One whose record is long, and those of an owner.
pub fn what_is_no_short_commit_goes_alone<D: Database>() {
    let setting = Setting::<D>::new();
    let digest = Digest::from_bytes([77; 32]);
    let owned = StoreKey { family: Family::of_owner("ann", None), digest };
    setting.create(&owned);
    let before = D::count(&setting.server).statements;
    let (load, mut changes) = setting.hold_changes(1..3);
    changes.push(setting.change(key(3), 3, 103, vec![103; 1025]));
    changes.push(setting.change(owned, 77, 177, vec![177; 100]));
    setting.settle();
    setting.server.thaw();
    assert_eq!(setting.join(load), Some(59));
    changes.into_iter().for_each(|change| assert_eq!(setting.join(change), WRITTEN));
    assert_eq!(D::count(&setting.server).statements - before, 1 + 1 + 2, "of a load and 4 commits");
    setting.is(3, &[103; 1025]);
}

/// One that looks for a connection, one whose statement is under way, and some that wait.
pub fn who_goes_away_takes_no_commit_along<D: Database>() {
    // Of seven one looks for a connection, and of twenty-one two.
    for (count, gone) in [(7, 0), (21, 0), (21, 1), (21, 2), (21, 17), (21, 20)] {
        let setting = Setting::<D>::new();
        let (load, changes) = setting.hold_changes(1..count + 1);
        changes[gone].abort();
        setting.settle();
        setting.server.thaw();
        assert_eq!(setting.join(load), Some(59));
        for (number, change) in (1..).zip(changes).filter(|(number, _)| usize::from(*number) != gone + 1) {
            assert_eq!(setting.join(change), WRITTEN, "{number} of {count} without {gone}");
            setting.is(number, &[number + 100; 100]);
        }
    }
}

/// The statement of one fails for all that travel with it, and they ask again for themselves.
pub fn a_failure_is_not_the_end_of_commits<D: Database>() {
    let setting = Setting::<D>::new().with_long_locks();
    let mut other = D::session(&setting.server.url());
    let [lock, unlock] = D::LOCK;
    other(lock);
    let mut changes = setting.change_all(1..7);
    // One waits for the lock until the server gives up, and so does the next one, with which others travel.
    for _ in 0..2 {
        let error = setting.join_first(&mut changes).unwrap_err();
        assert_eq!((error.kind(), error.applied()), (StoreErrorKind::Timeout, Applied::No));
    }
    other(unlock);
    changes.into_iter().for_each(|change| assert_eq!(setting.join(change), WRITTEN));
}

/// The server does what it is asked, and the first byte of its answer cuts the connection.
pub fn commits_whose_answer_is_cut_off_are_made_once<D: Database>() {
    let (setting, committed) = cut_off::<D>(patient, |_, _| {}, |_| {});
    assert_eq!(committed, [WRITTEN; 4]);
    (10..14).for_each(|number| setting.is(number, &[number + 100; 100]));
}

/// Neither can a connection be made afterwards: nobody is told that nothing was changed.
pub fn commits_without_an_answer_are_not_told_that_nothing_was_changed<D: Database>() {
    let brief = |url: &str| patient(url).budget(Duration::from_secs(4));
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (setting, committed) = cut_off::<D>(brief, |_, proxy| proxy.lead_to(nobody), |_| {});
    assert_eq!(committed.map(|committed| committed.map_err(|error| error.applied())), [UNKNOWN; 4]);
    (10..14).for_each(|number| setting.is(number, &[number + 100; 100]));
}

/// Others have written over them before they can ask again: a conflict would say that they were not made.
pub fn commits_that_were_made_and_written_over_are_unknown<D: Database>() {
    let slow = |url: &str| patient(url).connect_timeout(BOUND).response_timeout(BOUND).budget(BOUND);
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let held = Proxy::start(nobody).unwrap();
    held.set(Mode::Stall);
    let hold = |setting: &Setting<D>, proxy: &Proxy| {
        held.lead_to(setting.server.address());
        proxy.lead_to(held.address());
    };
    let write_over = |setting: &Setting<D>| {
        let asks_again = async {
            while held.traffic().connections == 0 {
                sleep(PAUSE).await;
            }
        };
        setting.runtime.block_on(async { timeout(BOUND, asks_again).await.unwrap() });
        let direct = patient::<D::Dialect>(&setting.server.url()).build().unwrap();
        for number in 10..14 {
            let (expected, write) = (revision(number + 100), write(number + 200, b"later"));
            let committed = setting.runtime.block_on(direct.commit(&key(number), expected, write));
            assert_eq!(committed, WRITTEN);
        }
        held.set(Mode::Pass);
    };
    let (setting, committed) = cut_off::<D>(slow, hold, write_over);
    assert_eq!(committed.map(|committed| committed.map_err(|error| error.applied())), [UNKNOWN; 4]);
    (10..14).for_each(|number| setting.is(number, b"later"));
}

/// Four commits travel together, after four others. They are made, and the answer is cut off.
fn cut_off<D: Database>(
    build: impl Fn(&str) -> Builder<D::Dialect>,
    before: impl FnOnce(&Setting<D>, &Proxy),
    afterwards: impl FnOnce(&Setting<D>),
) -> (Setting<D>, [Committed; 4]) {
    let mut setting = Setting::<D>::new();
    let address = setting.server.address();
    let proxy = Proxy::start(address).unwrap();
    let url = setting.server.url().replacen(&address.to_string(), &proxy.address().to_string(), 1);
    setting.store = build(&url).pool_size(1).build().unwrap();
    // The second time, all statements are prepared.
    let (load, changes) = setting.hold_changes(1..5);
    setting.server.thaw();
    assert_eq!(setting.join(load), Some(59));
    changes.into_iter().for_each(|change| assert_eq!(setting.join(change), WRITTEN));
    let received = proxy.traffic().to_client;
    setting.is(59, &[59; 100]);
    let of_load = proxy.traffic().to_client - received;

    let (load, changes) = setting.hold_changes(10..14);
    proxy.set(Mode::CutAfter { direction: Direction::ToClient, bytes: of_load + 1 });
    before(&setting, &proxy);
    setting.server.thaw();
    assert_eq!(setting.join(load), Some(59));
    afterwards(&setting);
    let changes: Vec<_> = changes.into_iter().map(|change| setting.join(change)).collect();
    setting.store = patient::<D::Dialect>(&setting.server.url()).build().unwrap();
    (setting, changes.try_into().unwrap())
}

/// Many write at once, of which some go away at any moment. Each adds itself to what it found, so that a session tells
/// which commits were made: those that were told so, once each, and of those that went away, or were told that it is unknown, any.
pub fn no_commit_is_lost_when_many_come_and_go<D: Database>() {
    let Setting { server, store, runtime: _runtime } = Setting::<D>::new();
    drop(store);
    let busy = runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    let store = patient::<D::Dialect>(&server.url()).pool_size(2).budget(BOUND).build().unwrap();
    let tasks: Vec<_> = (1..60)
        .map(|task| {
            let store = store.clone();
            busy.spawn(async move {
                let mut told = Vec::new();
                for round in 0..30 {
                    // Each task has a session for itself, and uses that of the next one in every fourth round.
                    let session = if round % 4 == 2 { task % 59 + 1 } else { task };
                    told.push((session, [task, round], append(&store, session, [task, round]).await));
                }
                told
            })
        })
        .collect();
    let told = tasks
        .into_iter()
        .flat_map(|task| busy.block_on(async { timeout(BOUND, task).await.unwrap().unwrap() }))
        .collect::<Vec<_>>();
    for session in 1..60 {
        let found = busy.block_on(Store::load(&store, &key(session))).unwrap().unwrap();
        let mut made: Vec<_> = commits_in(&found.data).collect();
        for (_, commit, told) in told.iter().filter(|told| told.0 == session) {
            let times = made.iter().filter(|made| *made == commit).count();
            match told {
                Some(told) => assert_eq!(times, usize::from(*told), "{commit:?} in {session}: {made:?}"),
                None => assert!(times <= 1, "{commit:?} in {session}: {made:?}"),
            }
        }
        made.retain(|made| !told.iter().any(|(of, commit, _)| (*of, commit) == (session, made)));
        assert!(made.is_empty(), "nobody asked {session} for {made:?}");
    }
}

/// Returns whether the commit was made, or `None` where that is unknown.
async fn append(store: &impl Store, session: u8, commit: [u8; 2]) -> Option<bool> {
    let [task, round] = commit;
    let key = key(session);
    let found = store.load(&key).await.unwrap().unwrap();
    let mut next = [255; 16];
    next[..2].copy_from_slice(&commit);
    let data = [&found.data[..], &commit].concat();
    let write = Write { next: Revision::from_bytes(next), ..write(0, &data) };
    let patience = if round % 4 == 3 { Duration::from_micros(u64::from(task) * 20) } else { BOUND };
    let committed = timeout(patience, store.commit(&key, found.revision, write)).await;
    let committed = if patience == BOUND { committed.unwrap() } else { committed.ok()? };
    match committed {
        Ok(CommitOutcome::Written) => Some(true),
        Ok(CommitOutcome::Conflict(live)) => {
            assert_ne!(live.revision, found.revision);
            assert!(!commits_in(&live.data).any(|made| made == commit), "a conflict with itself");
            Some(false)
        }
        Ok(CommitOutcome::Gone) => panic!("nobody ends a session"),
        // It travelled with one that went away, and another commit came before it asked again.
        Err(error) => {
            assert_eq!(error.applied(), Applied::Unknown, "{error:?}");
            assert!(format!("{error:?}").contains("the statement for several"), "{error:?}");
            None
        }
    }
}

/// They follow the hundred bytes that each session begins with.
fn commits_in(data: &[u8]) -> impl Iterator<Item = [u8; 2]> {
    data[100..].chunks(2).map(|commit| commit.try_into().unwrap())
}
