//! New sessions that no owner has.

use std::{iter, net::TcpListener, num::NonZeroU32, time::Duration};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{Applied, Cap, CreateOutcome, OnFull, Store, StoreError, StoreErrorKind, Write},
};
use session_sql::Builder;
use session_testservers::proxy::{Direction, Mode, Proxy};
use tokio::{runtime, task::JoinHandle};

use super::Setting;
use crate::{
    Database, Server as _,
    pair::{BOUND, key, patient, write},
};

type Created = Result<CreateOutcome, StoreError>;

const CREATED: Created = Ok(CreateOutcome::Created { evicted: Vec::new() });

impl<D: Database> Setting<D> {
    fn begin(&self, key: StoreKey, next: u8, data: Vec<u8>, cap: Option<Cap>) -> JoinHandle<Created> {
        let store = self.store.clone();
        self.runtime.spawn(async move { Store::create(&store, &key, write(next, &data), cap).await })
    }

    /// Creates the sessions of these numbers. They have no connection as long as the server is frozen.
    fn begin_all(&self, numbers: impl Iterator<Item = u8>) -> Vec<JoinHandle<Created>> {
        numbers.map(|number| self.begin(key(number), number, vec![number; 100], None)).collect()
    }

    /// Freezes the server while a load has the only connection and these wait.
    fn hold(&self, numbers: impl Iterator<Item = u8>) -> (JoinHandle<Option<u8>>, Vec<JoinHandle<Created>>) {
        self.server.freeze();
        let load = self.load(key(1));
        self.settle();
        let creates = self.begin_all(numbers);
        self.settle();
        (load, creates)
    }

    fn rows(&self) -> u32 {
        let count = self.server.sql("SELECT COUNT(*) FROM alo_session");
        count.split_whitespace().last().unwrap().parse().unwrap()
    }

    fn holds(&self, key: StoreKey) -> Option<Vec<u8>> {
        let loaded = self.runtime.block_on(Store::load(&self.store, &key)).unwrap();
        loaded.map(|stored| stored.data.to_vec())
    }
}

/// Sixteen or four travel in one statement.
pub fn each_new_session_is_created_for_itself<D: Database>() {
    let setting = Setting::<D>::new();
    let before = D::count(&setting.server).statements;
    let (load, creates) = setting.hold(100..136);
    setting.server.thaw();
    assert_eq!(setting.join(load), Some(1));
    creates.into_iter().for_each(|create| assert_eq!(setting.join(create), CREATED));
    assert_eq!(D::count(&setting.server).statements - before, 1 + 3, "of a load and 36 creates");
    for number in 100..136 {
        assert_eq!(setting.holds(key(number)), Some(vec![number; 100]), "{number}");
    }
}

/// Two connections get free at the same moment, and who looks for one may travel with the other already.
pub fn none_is_asked_for_twice<D: Database>() {
    let mut setting = Setting::<D>::new();
    setting.store = patient::<D::Dialect>(&setting.server.url()).pool_size(2).build().unwrap();
    let mut fewest = u64::MAX;
    // In the first round the connections prepare what they need. Where a statement takes half a second, some ask themselves.
    for round in 0..4 {
        let before = D::count(&setting.server).statements;
        setting.server.freeze();
        let loads = [1, 2].map(|number| setting.load(key(number)));
        setting.settle();
        let creates = setting.begin_all(60 + round * 34..94 + round * 34);
        setting.settle();
        setting.server.thaw();
        loads.into_iter().for_each(|load| assert!(setting.join(load).is_some()));
        creates.into_iter().for_each(|create| assert_eq!(setting.join(create), CREATED));
        fewest = fewest.min(D::count(&setting.server).statements - before);
    }
    assert!(fewest <= 2 + 5, "{fewest} of 2 loads and 34 creates");
}

/// Others have the key, or the session itself has it since an earlier attempt, or one that is over.
pub fn a_key_that_is_taken_is_told_to_whom_it_concerns<D: Database>() {
    let setting = Setting::<D>::new();
    let over = Write { ttl: Duration::from_millis(1), ..write(99, b"over") };
    setting.runtime.block_on(Store::create(&setting.store, &key(99), over, None)).unwrap();
    while setting.holds(key(99)).is_some() {}
    for taken in [30, 3] {
        let (load, mut creates) = setting.hold((100 + taken..103 + taken).chain([99]));
        creates.push(setting.begin(key(5), 77, b"not mine".to_vec(), None));
        creates.push(setting.begin(key(6), 6, vec![6; 100], None));
        setting.settle();
        setting.server.thaw();
        assert_eq!(setting.join(load), Some(1));
        let outcomes: Vec<_> = creates.into_iter().map(|create| setting.join(create)).collect();
        let expected: Vec<_> =
            iter::repeat_n(CREATED, 4).chain([Ok(CreateOutcome::Exists), CREATED]).collect();
        assert_eq!(outcomes, expected);
        assert_eq!(setting.holds(key(5)), Some(vec![5; 100]));
        assert_eq!(setting.holds(key(99)), Some(vec![99; 100]));
        for number in 100 + taken..103 + taken {
            assert_eq!(setting.holds(key(number)), Some(vec![number; 100]), "{number}");
        }
    }
}

/// One whose record is long, and those of an owner who may have one.
pub fn what_is_no_short_insert_goes_alone<D: Database>() {
    let setting = Setting::<D>::new();
    let before = D::count(&setting.server).statements;
    let (load, mut creates) = setting.hold(100..103);
    creates.push(setting.begin(key(103), 103, vec![103; 1025], None));
    setting.settle();
    setting.server.thaw();
    assert_eq!(setting.join(load), Some(1));
    creates.into_iter().for_each(|create| assert_eq!(setting.join(create), CREATED));
    assert_eq!(D::count(&setting.server).statements - before, 1 + 4, "of a load and 4 creates");
    assert_eq!(setting.holds(key(103)), Some(vec![103; 1025]));

    let (load, creates) = setting.hold(110..113);
    let owner = Family::of_owner("ann", None);
    let owned = |number| StoreKey { family: owner, digest: Digest::from_bytes([number; 32]) };
    let cap = Cap { max: NonZeroU32::MIN, on_full: OnFull::Refuse };
    let owned = [113, 114].map(|number| setting.begin(owned(number), number, vec![number], Some(cap)));
    setting.settle();
    setting.server.thaw();
    assert_eq!(setting.join(load), Some(1));
    creates.into_iter().for_each(|create| assert_eq!(setting.join(create), CREATED));
    let outcomes = owned.map(|create| setting.join(create));
    assert!(outcomes.contains(&CREATED) && outcomes.contains(&Ok(CreateOutcome::Full)), "{outcomes:?}");
}

/// One that looks for a connection, one whose statement is under way, and some that wait.
pub fn who_goes_away_takes_no_new_session_along<D: Database>() {
    let setting = Setting::<D>::new();
    // Of seven one looks for a connection, and of twenty-one two.
    for (round, (count, gone)) in (0..).zip([(7, 0), (21, 0), (21, 1), (21, 2), (21, 17), (21, 20)]) {
        let numbers = 100 + round * 25..100 + round * 25 + count;
        let (load, creates) = setting.hold(numbers.clone());
        creates.get(gone).unwrap().abort();
        setting.settle();
        setting.server.thaw();
        assert_eq!(setting.join(load), Some(1));
        for (place, (number, create)) in numbers.zip(creates).enumerate().filter(|(place, _)| *place != gone)
        {
            assert_eq!(setting.join(create), CREATED, "{place} without {gone}");
            assert_eq!(setting.holds(key(number)), Some(vec![number; 100]), "{place} without {gone}");
        }
    }
}

/// The statement of one fails for all that travel with it, and they ask again for themselves.
pub fn a_failure_is_not_the_end_of_new_sessions<D: Database>() {
    let setting = Setting::<D>::new().with_long_locks();
    let mut other = D::session(&setting.server.url());
    let [lock, unlock] = D::LOCK;
    other(lock);
    let mut creates = setting.begin_all(100..106);
    // One waits for the lock until the server gives up, and so does the next one, with which three others travel.
    for _ in 0..2 {
        let error = setting.join_first(&mut creates).unwrap_err();
        assert_eq!((error.kind(), error.applied()), (StoreErrorKind::Timeout, Applied::No));
    }
    other(unlock);
    creates.into_iter().for_each(|create| assert_eq!(setting.join(create), CREATED));
    assert_eq!(setting.rows(), 59 + 4);
}

/// The server does what it is asked, and the first byte of its answer cuts the connection.
pub fn new_sessions_whose_answer_is_cut_off_are_created_once<D: Database>() {
    let (setting, created) = cut_off::<D>(patient, |_| {});
    assert_eq!(created, [CREATED; 4]);
    assert_eq!(setting.rows(), 59 + 4 + 4);
}

/// Neither can a connection be made afterwards: nobody is told that nothing was changed.
pub fn new_sessions_without_an_answer_are_not_told_that_nothing_was_changed<D: Database>() {
    let brief = |url: &str| patient(url).budget(Duration::from_secs(4));
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (setting, created) = cut_off::<D>(brief, |proxy| proxy.lead_to(nobody));
    for created in created {
        assert_eq!(created.map_err(|error| error.applied()), Err(Applied::Unknown));
    }
    assert_eq!(setting.rows(), 59 + 4 + 4);
}

/// Four new sessions travel together, after four others. They are inserted, and the answer is cut off.
fn cut_off<D: Database>(
    build: impl Fn(&str) -> Builder<D::Dialect>,
    before: impl FnOnce(&Proxy),
) -> (Setting<D>, [Created; 4]) {
    let mut setting = Setting::<D>::new();
    let address = setting.server.address();
    let proxy = Proxy::start(address).unwrap();
    let url = setting.server.url().replacen(&address.to_string(), &proxy.address().to_string(), 1);
    setting.store = build(&url).pool_size(1).build().unwrap();
    // The second time, all statements are prepared.
    let (load, creates) = setting.hold(100..104);
    setting.server.thaw();
    assert_eq!(setting.join(load), Some(1));
    creates.into_iter().for_each(|create| assert_eq!(setting.join(create), CREATED));
    let received = proxy.traffic().to_client;
    assert!(setting.holds(key(1)).is_some());
    let of_load = proxy.traffic().to_client - received;

    let (load, creates) = setting.hold(120..124);
    proxy.set(Mode::CutAfter { direction: Direction::ToClient, bytes: of_load + 1 });
    before(&proxy);
    setting.server.thaw();
    assert_eq!(setting.join(load), Some(1));
    let creates: Vec<_> = creates.into_iter().map(|create| setting.join(create)).collect();
    (setting, creates.try_into().unwrap())
}

/// Many at once, of which some go away at any moment.
pub fn no_new_session_is_forgotten_when_many_come_and_go<D: Database>() {
    let Setting { server, store, runtime: _runtime } = Setting::<D>::new();
    drop(store);
    let busy = runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    let store = patient::<D::Dialect>(&server.url()).pool_size(2).budget(BOUND).build().unwrap();
    let tasks: Vec<_> = (0..64_u8)
        .map(|task| {
            let store = store.clone();
            busy.spawn(async move {
                for round in 0..30_u8 {
                    let digest = Digest::from_bytes(std::array::from_fn(|place| match place {
                        0 => 200,
                        1 => task,
                        2 => round,
                        _ => 7,
                    }));
                    let key = StoreKey { family: Family::anonymous(&digest), digest };
                    let data = [task, round];
                    let created = Store::create(&store, &key, write(1, &data), None);
                    if round % 4 == 3 {
                        let patience = Duration::from_micros(u64::from(task) * 20);
                        let _ = tokio::time::timeout(patience, created).await;
                        continue;
                    }
                    assert_eq!(created.await, CREATED);
                    assert_eq!(*Store::load(&store, &key).await.unwrap().unwrap().data, data);
                }
            })
        })
        .collect();
    for task in tasks {
        busy.block_on(async { tokio::time::timeout(BOUND, task).await.unwrap().unwrap() });
    }
}
